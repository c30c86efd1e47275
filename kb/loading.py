"""Reading entries from a folder: every file, every problem, then one typed object an entry."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml_rs
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from kb.positions import duplicate_keys, line_of
from kb.problems import Problem, suggestion
from kb.schema import ENTRY_TYPES, Entry
from kb.schema.common import FORMS, ID_PATTERN, Model

MAX_BYTES = 200_000
FROM_PATH = ("id", "kind", "group")


class AxisDefinition(Model):
    """One line of `axes.yaml`."""

    role: str = Field(pattern=r"^[a-z]+$")
    name: str


@dataclass
class Reading:
    """What a folder holds: the entries that could be read, and what was wrong with the rest."""

    root: Path
    entries: dict[str, Entry] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    axes: dict[str, AxisDefinition] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def relative(self, path: Path) -> str:
        """The path as it is shown to people: relative to the knowledge base's folder."""
        return path.relative_to(self.root).as_posix()

    def report(self, path: Path, steps: tuple[str | int, ...], message: str, text: str | None = None) -> None:
        """Record a problem with the field that `steps` lead to, and find its line."""
        if text is None:
            text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        dotted = ".".join(map(str, steps))
        self.problems.append(Problem(self.relative(path), line_of(text, steps), dotted, message))


def read_folder(root: Path) -> Reading:
    """Read `root/entries`, collecting problems instead of stopping at the first.

    Args:
        root: A folder with `entries/` in it.

    Returns:
        The entries by id, with their files and the problems found. References between entries are not looked at here:
        see `kb.checking.check_references`.

    Raises:
        FileNotFoundError: There is no `entries` folder.
    """
    folder = root / "entries"
    if not folder.is_dir():
        raise FileNotFoundError(f"no knowledge base at {root}: expected a folder `entries` in it")
    reading = Reading(root)
    _read_axes(reading, folder / "axes.yaml")
    for path in _files_below(folder):
        if path != str(folder / "axes.yaml"):
            _read_entry(reading, Path(path), path[len(str(folder)) + 1 :].split(os.sep))
    return reading


def _files_below(folder: Path) -> Iterator[str]:
    """Yield files in a fixed order, as strings: with thousands of entries, `Path` arithmetic is what takes the time."""
    for where, folders, names in os.walk(folder):
        folders.sort()
        yield from (os.path.join(where, name) for name in sorted(names) if not name.startswith("."))


def _read_axes(reading: Reading, path: Path) -> None:
    if not path.is_file():
        return
    data = _parse(reading, path, path.read_text(encoding="utf-8"))
    try:
        reading.axes = TypeAdapter(dict[str, AxisDefinition]).validate_python(data or {})
    except ValidationError as error:
        _report_invalid(reading, path, path.read_text(encoding="utf-8"), error, AxisDefinition)


def _read_entry(reading: Reading, path: Path, parts: list[str]) -> None:
    """Read one file, at `parts` below `entries`, or record why it cannot be read."""
    place = _place(reading, path, parts)
    if place is None:
        return
    model, group, entry_id = place
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        reading.report(path, (), f"not UTF-8 text ({error.reason} at byte {error.start}): save the file as UTF-8", "")
        return
    data = _parse(reading, path, text)
    if data is None:
        return
    for name in FROM_PATH:
        if name in data:
            reading.report(path, (name,), f"`{name}` comes from the file's path: remove the field", text)
            return
    try:
        entry = model.model_validate({**data, "id": entry_id, "group": group})
    except ValidationError as error:
        _report_invalid(reading, path, text, error, model)
        return
    if entry_id in reading.entries:
        other = reading.relative(reading.files[entry_id])
        reading.report(path, (), f"the id {entry_id!r} is taken by {other}: ids are unique over all kinds", text)
        return
    reading.entries[entry_id] = entry
    reading.files[entry_id] = path


def _place(reading: Reading, path: Path, parts: list[str]) -> tuple[type[Entry], str, str] | None:
    """Tell kind, group and id from a path `entries/<kind>/<group>/<id>.yaml`."""
    if parts[0] not in ENTRY_TYPES:
        known = ", ".join(ENTRY_TYPES)
        reading.report(path, (), f"no kind {parts[0]!r}{suggestion(parts[0], ENTRY_TYPES)}; kinds are {known}", "")
        return None
    stem, dot, extension = parts[-1].rpartition(".")
    if len(parts) != 3 or dot + extension != ".yaml":
        reading.report(path, (), f"expected a path entries/{parts[0]}/<group>/<id>.yaml", "")
        return None
    for name in (parts[1], stem):
        if not re.match(ID_PATTERN, name):
            message = f"{name!r} is no id: use lowercase letters, digits and single dashes; rename the file or folder"
            reading.report(path, (), message, "")
            return None
    return ENTRY_TYPES[parts[0]], parts[1], stem


def _parse(reading: Reading, path: Path, text: str) -> dict[str, Any] | None:
    """Parse one YAML document that must be a mapping; record the problem and return None if it is not."""
    if len(text) > MAX_BYTES:
        reading.report(path, (), f"{len(text):,} characters: an entry has at most {MAX_BYTES:,}", "")
        return None
    try:
        data = yaml_rs.loads(text)
    except yaml_rs.YAMLDecodeError as error:
        _report_malformed(reading, path, text, str(error))
        return None
    if not isinstance(data, dict):
        came = "nothing" if data is None else f"a {type(data).__name__}"
        reading.report(path, (), f"expected fields such as `name: ...`, came {came}", text)
        return None
    return data


def _report_malformed(reading: Reading, path: Path, text: str, message: str) -> None:
    duplicates = list(duplicate_keys(text))
    for line, steps in duplicates:
        dotted = ".".join(map(str, steps))
        reading.problems.append(
            Problem(reading.relative(path), line, dotted, f"duplicate key {steps[-1]!r}: keep one of the two")
        )
    if not duplicates:
        what = message.strip().splitlines()[-1]
        if place := re.search(r"line (\d+), column \d+", message):
            line = int(place.group(1))
        else:  # a message without a place quotes what it is about
            quoted = what.partition("'")[2].rpartition("'")[0]
            line = text[: text.find(quoted)].count("\n") + 1 if quoted and quoted in text else 0
        reading.problems.append(Problem(reading.relative(path), line, "", f"malformed YAML: {what}"))


def _report_invalid(reading: Reading, path: Path, text: str, error: ValidationError, model: type[BaseModel]) -> None:
    for detail in error.errors(include_url=False):
        steps = tuple(step for step in detail["loc"] if not (isinstance(step, str) and step.startswith("[")))
        reading.report(path, steps, _explain(detail, model), text)


def _explain(detail: ErrorDetails, model: type[BaseModel]) -> str:
    """Say what was expected and what came, in the words of YAML rather than of pydantic."""
    came = detail["input"]
    shown = repr(came) if len(repr(came)) <= 80 else f"{repr(came)[:77]}..."
    match detail["type"]:
        case "extra_forbidden":
            name = str(detail["loc"][-1])
            return f"unknown field {name!r}{suggestion(name, _names_at(model, detail['loc'][:-1]))}"
        case "missing":
            return "required field is missing"
        case "string_type" if isinstance(came, (int, float, date)):
            what = f"the date {came}" if isinstance(came, date) else f"the number {shown}"
            return f"expected text, came {what}: put it in quotes as it is written in the source"
        case "string_type":
            return f"expected text, came {shown}"
        case "string_pattern_mismatch":
            pattern = detail["ctx"]["pattern"]
            return f"expected {FORMS.get(pattern, f'text of the form {pattern}')}; came {shown}"
        case "value_error":
            return str(detail["ctx"]["error"])
        case _:
            message = detail["msg"].replace("Input should be", "expected")
            return f"{message[0].lower()}{message[1:]}; came {shown}"


def _names_at(model: type[BaseModel], steps: Iterable[str | int]) -> Iterator[str]:
    """The field names of the model that `steps` lead to, for suggestions."""
    schema = model.model_json_schema()
    node: dict[str, Any] = schema
    for step in steps:
        options = [node, *node.get("anyOf", [])]
        node = next(
            (option for option in options if "$ref" in option or "properties" in option or "items" in option), {}
        )
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]]
        node = node.get("items", {}) if isinstance(step, int) else node.get("properties", {}).get(step, {})
    for option in [node, *node.get("anyOf", [])]:
        if "$ref" in option:
            option = schema["$defs"][option["$ref"].rsplit("/", 1)[-1]]
        yield from (name for name in option.get("properties", {}) if name not in FROM_PATH)

"""Reading entries from a folder: every file, every problem, then one typed object an entry.

A folder can be a stranger's. What is read is bounded before a parser sees it: only regular files of a limited size,
without characters that no reader sees, and without aliases, which could stand for more than is there.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml_rs
from pydantic import BaseModel, RootModel, ValidationError

from kb.characters import printable, shortened, shown
from kb.explaining import FROM_PATH, explain, steps_to, worded
from kb.kinds import BY_FOLDER
from kb.problems import Problem, suggestion
from kb.reading import UnreadableError, files_below, read_text
from kb.schema import Entry
from kb.schema.fields import AxisId, AxisName, Line, Role, is_id
from kb.schema.model import Model

if TYPE_CHECKING:
    from kb.positions import Outline, Steps

MOST_PROBLEMS = 50
"""Problems that are reported of one file; the first of them usually cause the rest."""
_NO_ALIASES = yaml_rs.AliasLimits(0, 0, 0)
"""The parser refuses every alias."""
_SPECIAL = re.compile(r"(?:^|[:,\[{?-])[ \t]*[&!]\S", re.MULTILINE)
"""Where a word may be an anchor or a tag, which the parser passes over in silence."""
_LINE_BREAK = re.compile(r'[:,\[{?\n-][ \t]*"[^"]*\\n[A-Za-z]')
"""What may be a LaTeX command in double quotes, of which YAML makes a line break."""
_DEEP = re.compile(r"\n(?:[ \t]{200}|[ \t]*(?:[-?:][ \t]+){10})")
"""Where lists or keys may be nested without end: 20,000 of `- ` in a line overflow the stack of `yaml_rs`."""


class AxisDefinition(Model):
    """An axis of `axes.yaml`.

    Args:
        letter: What signatures call it where an entry says nothing else.
        role: What a symmetry or a probe may do to it.
        name: What it is, in words.
    """

    letter: AxisName | None = None
    role: Role
    name: Line


class Axes(RootModel[dict[AxisId, AxisDefinition]]):
    """The whole of `axes.yaml`: the axes that tensors have."""


@dataclass
class Reading:
    """What a folder holds: the entries that could be read, and what was wrong with the rest."""

    root: Path
    entries: dict[str, Entry] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    axes: dict[str, AxisDefinition] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    reported: Counter[str] = field(default_factory=Counter)
    _outlined: tuple[Path, Outline] | None = None

    def relative(self, path: Path) -> str:
        """The path as it is shown to people: relative to the knowledge base's folder, without odd characters."""
        return printable(path.relative_to(self.root).as_posix())

    def report(
        self, path: Path, steps: Steps, message: str | Callable[[], str], *, line: int | None = None, near: str = ""
    ) -> None:
        """Record a problem with the field that `steps` lead to.

        Args:
            path: The file.
            steps: The field; empty where the whole file is meant.
            message: What was expected, what came, and how to mend it; a function, where finding the words takes time.
            line: The line, where it is known; else it is looked up.
            near: What is wrong in a text of several lines: the line is the first of the field that holds it.
        """
        file = self.relative(path)
        if self.reported[file] < MOST_PROBLEMS:
            sentence = message if isinstance(message, str) else message()
            self.problems.append(self.problem(path, steps, sentence, line=line, near=near))
        self.reported[file] += 1

    def problem(self, path: Path, steps: Steps, message: str, *, line: int | None = None, near: str = "") -> Problem:
        """Return a problem with the field that `steps` lead to; see `report`."""
        where = self._outline(path).line_of(steps, near) if line is None else line
        dotted = ".".join(printable(shortened(str(step))) for step in steps)
        return Problem(self.relative(path), where, dotted, message)

    def add(self, problem: Problem) -> None:
        """Record a problem, or only count it where its file has enough of them."""
        if self.reported[problem.file] < MOST_PROBLEMS:
            self.problems.append(problem)
        self.reported[problem.file] += 1

    def forget(self) -> None:
        """Start again: earlier problems are found again."""
        self.problems.clear()
        self.reported.clear()

    def all_problems(self) -> list[Problem]:
        """Return the problems found so far, sorted, and for every file the number of those that are not shown."""
        last = {problem.file: problem.line for problem in sorted(self.problems)}
        rest = [
            Problem(file, last[file], "", f"and {self.reported[file] - MOST_PROBLEMS:,} more problems in this file")
            for file in last
            if self.reported[file] > MOST_PROBLEMS
        ]
        return sorted([*self.problems, *rest])

    def _outline(self, path: Path) -> Outline:
        """The outline of a file, made once for all problems that are reported of it in a row."""
        if self._outlined is None or self._outlined[0] != path:
            try:
                self._outlined = path, _outline(read_text(path))
            except UnreadableError:
                self._outlined = path, _outline("")
        return self._outlined[1]


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
    if not folder.is_dir() or folder.is_symlink():
        what = ", which is no symbolic link" if folder.is_symlink() else ""
        raise FileNotFoundError(f"no knowledge base at {printable(str(root))}: expected a folder `entries` in it{what}")
    reading = Reading(root)
    below = len(str(folder)) + 1
    for name, error in files_below(str(folder), depth=2):
        path, parts = Path(name), name[below:].split(os.sep)
        if error:
            _report_unreadable(reading, path, error)
        elif parts == ["axes.yaml"]:
            _read_axes(reading, path)
        else:
            _read_entry(reading, path, parts)
    if not reading.entries and not reading.problems:
        reading.report(folder, (), "no entries below: write the first one with `kb new`", line=0)
    return reading


def _report_unreadable(reading: Reading, path: Path, error: UnreadableError) -> None:
    for line, message in error.reasons:
        reading.report(path, (), message, line=line)


def _read_axes(reading: Reading, path: Path) -> None:
    data = _parse(reading, path)
    if data is None:
        return
    try:
        reading.axes = Axes.model_validate(data).root
    except ValidationError as error:
        _report_invalid(reading, path, data, error, Axes)


def _read_entry(reading: Reading, path: Path, parts: list[str]) -> None:
    """Read one file, at `parts` below `entries`, or record why it cannot be read."""
    place = _place(reading, path, parts)
    if place is None:
        return
    model, group, entry_id = place
    data = _parse(reading, path)
    if data is None:
        return
    for name in FROM_PATH:
        if name in data:
            reading.report(path, (name,), f"`{name}` comes from the file's path: remove the field")
            return
    try:
        entry = model.model_validate({**data, "id": entry_id, "group": group})
    except ValidationError as error:
        _report_invalid(reading, path, data, error, model)
        return
    if entry_id in reading.entries:
        other = reading.relative(reading.files[entry_id])
        reading.report(path, (), f"the id {entry_id!r} is taken by {other}: ids are unique over all kinds")
        return
    reading.entries[entry_id] = entry
    reading.files[entry_id] = path


def _place(reading: Reading, path: Path, parts: list[str]) -> tuple[type[Entry], str, str] | None:
    """Read kind, group and id from a path `entries/<kind>/<group>/<id>.yaml`."""
    if parts[0] not in BY_FOLDER:
        known = ", ".join(BY_FOLDER)
        message = f"no kind {shown(parts[0])}{suggestion(parts[0], BY_FOLDER)}; kinds are {known}"
        reading.report(path, (), message, line=0)
        return None
    stem, dot, extension = parts[-1].rpartition(".")
    if len(parts) != 3 or dot + extension != ".yaml":
        reading.report(path, (), f"expected a path entries/{parts[0]}/<group>/<id>.yaml", line=0)
        return None
    for name in (parts[1], stem):
        if not is_id(name):
            message = f"{shown(name)} is no id: use lowercase letters, digits and single dashes"
            reading.report(path, (), f"{message}; rename the file or folder", line=0)
            return None
    return BY_FOLDER[parts[0]], parts[1], stem


def _parse(reading: Reading, path: Path) -> dict[str, Any] | None:
    """Read one YAML document that must be a mapping; record the problem and return None if it is not."""
    try:
        text = read_text(path)
    except UnreadableError as error:
        _report_unreadable(reading, path, error)
        return None
    if not _is_plain(reading, path, text):
        return None
    try:
        data: object = yaml_rs.loads(text, alias_limits=_NO_ALIASES)
    except (ValueError, TypeError) as error:  # a TypeError where a key is no text, nor anything that can be a key
        _report_malformed(reading, path, text, str(error))
        return None
    if not isinstance(data, dict):
        _report_no_fields(reading, path, text, data)
        return None
    return data


def _is_plain(reading: Reading, path: Path, text: str) -> bool:
    """Whether a text has nothing in it that the parser must not see; else it has been reported."""
    lines = f"\n{text}"
    deep = _DEEP.search(lines)
    special = ("&" in text or "!" in text) and _SPECIAL.search(text)
    if deep or special or ('"' in text and _LINE_BREAK.search(lines)):
        found = _outline(text)
        _report_lines(reading, path, found.misused)
        if deep and found.end and not found.misused:
            reading.report(path, (), "malformed YAML: cannot be read from here on", line=found.end)
        return not found.misused and not (deep and found.end)
    return True


def _outline(text: str) -> Outline:
    """The lines of a text, which are needed only where something is wrong, as is the parser that tells them."""
    from kb.positions import outline

    return outline(text)


def _report_lines(reading: Reading, path: Path, found: Iterable[tuple[int, str]]) -> None:
    for line, message in found:
        reading.report(path, (), message, line=line)


def _report_no_fields(reading: Reading, path: Path, text: str, data: object) -> None:
    """A document that is no mapping, or several documents, which come as a list."""
    found = _outline(text)
    _report_lines(reading, path, found.misused)
    if not found.misused:
        message = f"expected fields such as `name: ...`, came {worded(data)}"
        reading.report(path, (), message, line=found.root.line)


def _report_malformed(reading: Reading, path: Path, text: str, message: str) -> None:
    found = _outline(text)
    for line, steps in found.duplicates:
        reading.report(path, steps, f"duplicate key {shown(steps[-1])}: keep one of the two", line=line)
    _report_lines(reading, path, found.misused)
    if not found.duplicates and not found.misused:
        what = message.strip().splitlines()[-1]
        place = re.search(r"line (\d+), column \d+", message)
        line = int(place.group(1)) if place else found.end or 1
        reading.report(path, (), f"malformed YAML: {shortened(what)}", line=line)


def _report_invalid(
    reading: Reading, path: Path, data: dict[str, Any], error: ValidationError, model: type[BaseModel]
) -> None:
    for detail in error.errors(include_url=False):
        if detail["type"] == "too_short" and detail["input"]:
            continue  # what is in it is wrong, and reported; a list with nothing in it is another mistake
        steps = steps_to(detail, data)
        reading.report(path, steps, partial(explain, detail, steps, model))

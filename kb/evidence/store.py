"""Files of evidence: one measurement a line, in a fixed order, with the versions of libraries said once.

The first line lists the sets of library versions; a measurement says which it was made with, unless it is the first.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from kb import files, strict_json
from kb.evidence.record import Measurement, order
from kb.schema import Entry

SUFFIX = ".jsonl"
MOST_BYTES = 20_000_000
"""Of a file of evidence."""


@dataclass(frozen=True)
class Lines:
    """What a file of evidence holds: its measurements by what they measured, and what is wrong with the rest.

    Args:
        measurements: Measurements by their keys.
        problems: Line and reason of every line that cannot be used.
    """

    measurements: dict[tuple[str, ...], Any] = field(default_factory=dict)
    problems: list[tuple[int, str]] = field(default_factory=list)


_measurement: TypeAdapter[Any] = TypeAdapter(Measurement)
_heads: TypeAdapter[dict[str, list[dict[str, str]]]] = TypeAdapter(dict[str, list[dict[str, str]]])
_measurements: TypeAdapter[list[Any]] = TypeAdapter(list[Measurement])


def evidence_file(root: Path, entry: Entry, file: Path) -> Path:
    """Return where the evidence of an entry is kept: the entry's own path, under `evidence/`."""
    return (root / "evidence" / file.relative_to(root / "entries")).with_suffix(SUFFIX)


def read(path: Path) -> Lines:
    """Read one file of evidence; empty where there is none."""
    if not path.is_file():
        return Lines()
    if path.stat().st_size > MOST_BYTES:
        return Lines(problems=[(1, f"more than {MOST_BYTES:,} bytes")])
    return parse(path.read_bytes())


def parse(content: bytes) -> Lines:
    """Parse the content of a file of evidence."""
    try:
        head, *rest = (
            content.decode("utf-8").removesuffix("\n").split("\n")
        )  # `splitlines` knows more line ends than JSON
        versions = _heads.validate_json(head)["libraries"]
    except (UnicodeDecodeError, ValidationError, KeyError):
        return Lines(problems=[(1, "the first line does not list the versions of libraries")])
    return _parsed(rest, versions)


def _parsed(lines: list[str], versions: list[dict[str, str]]) -> Lines:
    """Parse all lines at once, or, where one of them is wrong, each alone."""
    found, problems = [], []
    try:
        found = _measurements.validate_python([_expanded(data, versions) for data in _together(lines)])
    except (ValueError, TypeError, LookupError, RecursionError):
        for number, line in enumerate(lines, start=2):
            try:
                found.append(_measurement.validate_python(_expanded(json.loads(line), versions)))
            except (ValueError, TypeError, LookupError, RecursionError) as error:
                problems.append((number, _reason(error)))
    return Lines({measurement.key: measurement for measurement in found}, problems)


def _together(lines: list[str]) -> list[Any]:
    """Parse lines of JSON at once, which is faster than one by one."""
    found: list[Any] = json.loads(f"[{','.join(lines)}]")
    if len(found) != len(lines):
        raise ValueError("a line holds more than one value, or none")
    return found


def parsed(data: dict[str, Any]) -> Any:
    """Return a measurement from its fields, as they would stand in a file.

    Raises:
        ValidationError: The fields are not those of a measurement.
    """
    return _measurement.validate_python(data)


def _expanded(data: Any, versions: list[dict[str, str]]) -> Any:
    return {**data, "libraries": versions[data.get("libraries", 0)]}


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc'][1:]))}: {first['msg']}".lstrip(": ")
    return "it is not an object in JSON"


def text(measurements: Iterable[Any]) -> str:
    """Return the content of a file with some measurements, in their fixed order."""
    return "\n".join(_lines(sorted(measurements, key=order))) + "\n"


def write(path: Path, measurements: Iterable[Any]) -> None:
    """Write the measurements of one entry."""
    files.write(path, text(measurements))


def keep(path: Path, measurement: Any, measurable: Collection[tuple[str, ...]]) -> None:
    """Add a measurement to the others of its entry, in place of an older one of the same thing.

    Two runs that do this at once both keep theirs.

    Args:
        path: The file.
        measurement: What was measured.
        measurable: The keys of all that can be measured of the entry; what else is in the file is dropped.
    """

    def change(content: bytes) -> bytes:
        known = parse(content).measurements if content else {}
        old = known.get(measurement.key)
        again = old is not None and measurement.model_copy(update={"seconds": old.seconds}) == old
        new = old if again else measurement  # with the same result, the file does not change
        kept = {key: value for key, value in known.items() if key in measurable}
        return text({**kept, measurement.key: new}.values()).encode()

    files.update(path, change)


def _lines(measurements: list[Any]) -> Iterator[str]:
    versions = [dict(pair) for pair in dict.fromkeys(tuple(sorted(m.libraries.items())) for m in measurements)]
    yield strict_json.dumps({"libraries": versions})
    for measurement in measurements:
        apart = {"libraries", "seconds", "digest"}
        data = measurement.model_dump(mode="json", exclude_defaults=True, exclude=apart)
        number = versions.index(dict(sorted(measurement.libraries.items())))
        last = {"libraries": number} if number else {}
        last |= {"seconds": measurement.seconds} if measurement.seconds else {}
        line = {"measured": measurement.measured, **data, **last, "digest": measurement.digest}
        yield strict_json.dumps(line)


def tidy(path: Path, measurable: Collection[tuple[str, ...]]) -> None:
    """Drop the lines of a file that are no measurements, or of what can no longer be measured of its entry."""

    def change(content: bytes) -> bytes:
        known = parse(content).measurements
        return text(value for key, value in known.items() if key in measurable).encode()

    files.update(path, change)

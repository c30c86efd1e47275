"""The one form of a file of entries: block style, lines of at most 120 columns, fields in the order of the schema.

One fact takes a few lines, so that a diff shows exactly what changed. The content of a file is not changed, except for
the line breaks of prose, which Markdown ignores.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

import yaml

from kb import files
from kb.explaining import FROM_PATH
from kb.loading import Reading, read_folder
from kb.problems import Problem
from kb.reading import UnreadableError, files_below, read_text
from kb.schema import Entry

WIDTH = 120
LONG_WORD = 16
"""The emitter breaks a line at the first space behind its width: a word of this length still ends within ours."""
INDENT = 2
FIRST = ("title", "name", "aliases", "formerly", "summary", "statement", "definition", "description")
LAST = ("references", "see_also")
"""Fields that all kinds have come first and last, whatever the order in which the models name them."""
_EMITTER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_NO_TEXT = re.compile(
    r"~|null|Null|NULL|true|True|TRUE|false|False|FALSE|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|y|Y|n|N|=|<<"
    r"|[-+]?[0-9.][0-9a-fA-Fox_.:eE+-]*([ T].*)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)|",
)
"""What some version of YAML takes for something else than text, where it stands without quotes."""
_ITEM = re.compile(r"([-*+]|[0-9]+[.)]) ")
"""How an item of a list begins."""
_STRUCTURED = re.compile(r"[ \t>|#~<]|\$\$|```")
"""How any other line of Markdown begins that must stay a line."""
_MARKER = re.compile(r" (?=(?:[-*+>|#=]|[0-9]+[.)])(?: |$)|[>|#=])")
"""A space before what would begin a list, a heading or a quotation, if it came to stand at the beginning of a line."""


def canonical(entry: Entry) -> str:
    r"""Return the text of an entry's file.

    Examples:
        >>> from kb.schema import Paper
        >>> fields = {"id": "a", "group": "2000", "year": 2000, "title": "On: x", "authors": ["Ada Example"]}
        >>> more = {"contributes": "An idea.", "verified_against": ["a library"]}
        >>> print(canonical(Paper.model_validate(fields | more)))
        title: 'On: x'
        authors:
        - Ada Example
        year: 2000
        contributes: An idea.
        verified_against:
        - a library
        <BLANKLINE>
    """
    written = entry.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude=set(FROM_PATH))
    order = [*FIRST, *(name for name in written if name not in LAST), *LAST]
    data = {name: written[name] for name in dict.fromkeys(order) if name in written}
    text: str = yaml.emit(_document(data), Dumper=_EMITTER, width=WIDTH - LONG_WORD, allow_unicode=True, indent=INDENT)
    return text


def _document(data: Any) -> Iterator[yaml.Event]:
    yield yaml.StreamStartEvent()
    yield yaml.DocumentStartEvent()
    yield from _events(data, 0)
    yield yaml.DocumentEndEvent()
    yield yaml.StreamEndEvent()


def _events(value: Any, depth: int) -> Iterator[yaml.Event]:
    """Yield the events of a value; `depth` is the number of columns before it."""
    if isinstance(value, dict):
        yield yaml.MappingStartEvent(None, None, True, flow_style=not value)
        for key, item in value.items():
            yield _scalar(key, 0)
            yield from _events(item, depth + INDENT)
        yield yaml.MappingEndEvent()
    elif isinstance(value, list):
        yield yaml.SequenceStartEvent(None, None, True, flow_style=not value)
        for item in value:
            yield from _events(item, depth)
        yield yaml.SequenceEndEvent()
    else:
        yield _scalar(value, depth)


def _scalar(value: Any, depth: int) -> yaml.ScalarEvent:
    if not isinstance(value, str):
        return yaml.ScalarEvent(None, None, (True, False), json.dumps(value))
    if "\n" in value:
        return yaml.ScalarEvent(None, None, (True, True), wrapped(value, WIDTH - depth), style="|")
    plain = not _NO_TEXT.fullmatch(value)
    return yaml.ScalarEvent(None, None, (plain, True), value, style=None if plain else "'")


def wrapped(text: str, width: int) -> str:
    r"""Return Markdown with the lines of its paragraphs rewrapped; lists, tables, code and formulas are not changed.

    Examples:
        >>> wrapped("One two\nthree.\n\n- a\n- b\n", 9)
        'One two\nthree.\n\n- a\n- b\n'
        >>> wrapped("One two three - four.\n", 14)
        'One two\nthree - four.\n'
    """
    paragraphs = text.strip("\n").split("\n\n")
    return "\n\n".join(_paragraph(paragraph, width) for paragraph in paragraphs) + "\n"


def _paragraph(text: str, width: int) -> str:
    """Rewrap a paragraph, or every item of a list."""
    parts: list[list[str]] = []
    for line in text.split("\n"):
        if parts and not _ITEM.match(line) and (not line.startswith(" ") or _ITEM.match(parts[-1][0])):
            parts[-1].append(line)
        else:
            parts.append([line])
    if any(_STRUCTURED.match(part[0]) or any(_kept(line) for line in part) for part in parts):
        return "\n".join(line.rstrip() for line in text.split("\n"))
    return "\n".join(_broken(" ".join(line.strip() for line in part), width) for part in parts)


def _kept(line: str) -> bool:
    """Whether a line belongs to what is more deeply structured than a list."""
    text = line.strip()
    return bool(_STRUCTURED.match(text) or (_ITEM.match(text) and line[0] == " "))


def _broken(text: str, width: int) -> str:
    item = _ITEM.match(text)
    hanging = " " * len(item[0]) if item else ""
    first = item[0] if item else ""
    rest = _MARKER.sub("\0", text[len(first) :])
    lines = textwrap.wrap(rest, width - len(first), break_long_words=False, break_on_hyphens=False)
    return first + f"\n{hanging}".join(lines).replace("\0", " ")


def comments(text: str) -> list[int]:
    r"""Return the lines of a text that hold a comment, which would be lost.

    Examples:
        >>> comments("a: 'x # y'\nb: z  # why\n")
        [2]
    """
    ends, found = 0, []
    for token in yaml.scan(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        gap = text[ends : token.start_mark.index]
        if "#" in gap:
            found.append(text.count("\n", 0, ends + gap.index("#")) + 1)
        ends = max(ends, token.end_mark.index)
    return found


@dataclass
class Formatted:
    """What formatting a folder did: the files that it changed, and those that it left as they are, with the reason."""

    changed: list[Path] = field(default_factory=list)
    left: list[Problem] = field(default_factory=list)


def format_folder(root: Path) -> Formatted:
    """Write every file below `root/entries` in its one form.

    A byte order mark goes, line ends become plain ones, and white space at the end of lines goes; then every entry that
    can be read is written again. What cannot be read keeps its form; `kb check` says why.

    Args:
        root: The folder of a knowledge base.
    """
    done = Formatted(changed=list(_without_white_space(root)))
    reading = read_folder(root)
    for entry_id, entry in reading.entries.items():
        path = reading.files[entry_id]
        problem = difference(reading, entry)
        if problem and comments(read_text(path)):
            done.left.append(problem)
        elif problem:
            files.write(path, canonical(entry).encode())
            done.changed.append(path)
    done.changed = list(dict.fromkeys(done.changed))
    return done


def difference(reading: Reading, entry: Entry) -> Problem | None:
    """Return the problem with a file that is not in its one form, with the first line that differs."""
    path = reading.files[entry.id]
    text, expected = read_text(path), canonical(entry)
    if text == expected:
        return None
    lost = comments(text)
    if lost:
        message = "a comment has no place in an entry: say it in a field such as `description`, or delete it"
        return reading.problem(path, (), message, line=lost[0])
    pairs = zip_longest(text.split("\n"), expected.split("\n"))
    line = next(number for number, (old, new) in enumerate(pairs, 1) if old != new)
    return reading.problem(path, (), "is not in the one form of entries from here on: `kb format` writes it", line=line)


def _without_white_space(root: Path) -> Iterator[Path]:
    """Repair line ends and invisible white space, and yield the files that were changed."""
    for name, error in files_below(str(root / "entries"), depth=2):
        path = Path(name)
        if error is None and path.suffix == ".yaml":
            try:
                mended = _mended(read_text(path)).encode()
            except UnreadableError:
                continue
            if mended != path.read_bytes():
                files.write(path, mended)
                yield path


def _mended(text: str) -> str:
    r"""Return a text without white space at the end of its lines, and with one line end at its own.

    Examples:
        >>> _mended("a: 1  \n\n\n")
        'a: 1\n'
    """
    return "\n".join(line.rstrip() for line in text.split("\n")).rstrip("\n") + "\n"

"""Where in a YAML file a field stands, and what in it no entry may use.

Values are read with `yaml_rs`, which is ten times as fast as PyYAML and rejects duplicate keys but tells no lines.
Lines are only needed when something is wrong; then the one file is gone through again with PyYAML's events, once for
all of its problems. Events come one after the other: no recursion that deep nesting could exhaust, and an alias is one
event however much it stands for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from kb.characters import shown

Steps = tuple[str | int, ...]
DEEPEST = 64
"""Levels that are followed; an entry needs eight."""
_BROKEN_COMMAND = re.compile(r"(?<!\\)(?:\\\\)*\\n[A-Za-z]")
r"""A line break that was meant as a command: `\n` and a letter, the backslash not itself escaped."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Node:
    """A field or an item: the line that it begins on, and what is in it by name or number."""

    line: int
    inside: dict[str | int, Node] = field(default_factory=dict)


@dataclass(slots=True)
class _Level:
    """A mapping or a sequence that has begun and not ended, and the key that waits for its value."""

    node: Node
    steps: Steps
    is_mapping: bool
    key: tuple[str, int] | None = None


@dataclass
class Outline:
    """The lines of a file, as far as it can be read.

    Args:
        text: The text of the file.
        root: The whole document.
        duplicates: Line and path of every key that its mapping already has.
        misused: Line and sentence for everything that YAML offers and entries may not use.
        end: The line on which reading stopped; None where the whole file could be read.
    """

    text: str = ""
    root: Node = field(default_factory=lambda: Node(1))
    duplicates: list[tuple[int, Steps]] = field(default_factory=list)
    misused: list[tuple[int, str]] = field(default_factory=list)
    end: int | None = None

    def line_of(self, steps: Steps, near: str = "") -> int:
        r"""Return the line (from 1) of the field at `steps`, or of its nearest ancestor that exists.

        With `near`, return the first line from there on that holds this text, if one does. Where the outline ends
        early, the same is tried with the name of the first field that it lacks.

        Examples:
            >>> outline("name: x\nparts:\n  - {role: y}\n").line_of(("parts", 0, "role"))
            3
            >>> outline("name: x\n").line_of(("summary",))
            1
            >>> outline("name: x\nsummary: >\n  one\n  two\n").line_of(("summary",), near="two")
            4
        """
        node = self.root
        for step in steps:
            below = node.inside.get(step)
            if below is None:
                near = near or (f"{step}:" if self.end else "")
                break
            node = below
        rest = self.text.split("\n")[node.line - 1 :] if near else []
        return next((node.line + offset for offset, line in enumerate(rest) if near in line), node.line)


def outline(text: str) -> Outline:
    """Go through a YAML text once and return its outline; what cannot be read ends it early."""
    found = Outline(text)
    try:
        _follow(yaml.parse(text, Loader=_LOADER), found)
    except yaml.MarkedYAMLError as error:
        found.end = _mark(error.problem_mark or error.context_mark).line + 1
    except yaml.YAMLError:
        found.end = 1
    return found


def _follow(events: Iterator[yaml.Event], found: Outline) -> None:
    levels: list[_Level] = []
    documents = 0
    for event in events:
        line = _mark(event.start_mark).line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                found.misused.append((line, "a second document begins here: one file holds one entry; split the file"))
                return
        elif isinstance(event, yaml.CollectionEndEvent):
            levels.pop()
        elif isinstance(event, yaml.NodeEvent):
            found.misused += [(line, sentence) for sentence in _misuses(event, found.text)]
            node, steps = _place(levels, event, line, found)
            if isinstance(event, yaml.CollectionStartEvent):
                if len(levels) == DEEPEST:
                    found.misused.append((line, f"nested more than {DEEPEST} levels deep: no field of an entry is"))
                    return
                levels.append(_Level(node, steps, isinstance(event, yaml.MappingStartEvent)))


def _place(levels: list[_Level], event: yaml.NodeEvent, line: int, found: Outline) -> tuple[Node, Steps]:
    """Put a node where it belongs: it is the document, an item, a key, or the value of the key before it."""
    if not levels:
        found.root.line = line
        return found.root, ()
    level = levels[-1]
    if level.is_mapping and level.key is None:
        name = str(event.value) if isinstance(event, yaml.ScalarEvent) else ""
        if name in level.node.inside and name:
            found.duplicates.append((line, (*level.steps, name)))
        if isinstance(event, yaml.CollectionStartEvent):
            found.misused.append((line, "a list or fields where the name of a field belongs: put them after a name"))
        level.key = (name, line)
        return Node(line), level.steps  # what is inside a key, if it is a collection, has no place of its own
    step: str | int
    if level.is_mapping and level.key is not None:
        (step, line), level.key = level.key, None
    else:
        step = len(level.node.inside)
    level.node.inside[step] = Node(line)
    return level.node.inside[step], (*level.steps, step)


def _mark(mark: Any) -> yaml.Mark:
    """A mark of the parser, which sets one though its types leave that open."""
    return mark if mark is not None else yaml.Mark("", 0, 0, 0, "", 0)


def _misuses(event: yaml.NodeEvent, text: str) -> Iterator[str]:
    start, end = _mark(event.start_mark).index, _mark(event.end_mark).index
    if isinstance(event, yaml.AliasEvent):
        yield f"an alias {shown(f'*{event.anchor}')}: an entry says a thing once and in its place; write the value out"
        return
    if event.anchor:
        anchor = shown(f"&{event.anchor}")
        yield f"an anchor {anchor}: nothing in an entry refers to one; remove it, or put the text in quotes"
    if getattr(event, "tag", None):
        words = text[start : start + 200].split()
        tag = next((word for word in words if word.startswith("!")), "!")
        yield f"a tag {shown(tag)}: the field says of which type its value is; remove it, or put the text in quotes"
    in_quotes = isinstance(event, yaml.ScalarEvent) and event.style == '"'
    if in_quotes and "$" in text[start:end] and _BROKEN_COMMAND.search(text, start, end):
        cause = r"in double quotes YAML reads \n as the end of a line, also in formulas such as $\nabla$"
        yield f"{cause}: put the text in single quotes, or into a block after `|`"

"""Facts that were deduced before: deduction takes seconds, and to read what came out of it a fifth of that.

They are kept in the user's cache, by a digest of everything that they follow from: entries, evidence, code and the
library.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, ValuesView
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any, Protocol

from kb.folders import BEGAN
from kb.schema import Source
from kb.traits import Fact

if TYPE_CHECKING:
    from kb.schema import Architecture, Entry

Facts = dict[tuple[str, str, str], list[Fact]]
"""Facts by `(architecture, variant, bias)`."""
FEW = 20
"""Architectures whose facts are deduced as fast as they are read."""
FILE = "facts.json"


class Loaded(Protocol):
    """What is needed of a knowledge base."""

    @property
    def root(self) -> Path: ...  # noqa: D102
    @property
    def architectures(self) -> Mapping[str, Architecture]: ...  # noqa: D102
    def values(self) -> ValuesView[Entry]: ...  # noqa: D102


def kept(base: Loaded, deduce: Callable[[], Facts]) -> Facts:
    """Return the facts of a knowledge base as they were found before; find them, where anything has changed.

    Args:
        base: The knowledge base. Where a file of it was written after the library was imported, nothing is kept.
        deduce: Finds the facts.
    """
    key = _key(base) if len(base.architectures) >= FEW else None
    if key is None:
        return deduce()
    from kb.cache import kept_folder  # needed only where facts are asked for

    found: list[Facts] = []

    def make(folder: Path) -> None:
        found.append(deduce())
        if _key(base) != key:
            raise _ChangedError
        folder.mkdir()
        (folder / FILE).write_text(written(found[0]), encoding="utf-8")

    with suppress(OSError, _ChangedError):
        folder = kept_folder("facts", key, make)
        if not found:
            found += _read(folder)
    return found[0] if found else deduce()


class _ChangedError(Exception):
    """The folder was written meanwhile."""


def _key(base: Loaded) -> bytes | None:
    """A digest of everything that facts follow from; the entries are those that were loaded."""
    from kb import state
    from kb.cache import digest

    now = state.state_of(base.root, since=BEGAN)
    return digest(now.hex(), *(entry.model_dump_json() for entry in base.values())) if now else None


def _read(folder: Path) -> list[Facts]:
    """The facts in a folder of the cache; nothing where it is damaged."""
    try:
        return [read((folder / FILE).read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError, LookupError):
        rmtree(folder, ignore_errors=True)
        return []


def written(facts: Facts) -> str:
    """Return facts as JSON: each once, after its premises, which are numbers of facts; then the facts of each cell."""
    rows: list[list[Any]] = []
    numbers: dict[int, int] = {}
    waiting = [fact for found in facts.values() for fact in found][::-1]
    while waiting:
        fact = waiting[-1]
        if ahead := [premise for premise in fact.premises if id(premise) not in numbers]:
            waiting += ahead
        elif id(waiting.pop()) not in numbers:
            premises = [numbers[id(premise)] for premise in fact.premises]
            source = fact.source.model_dump(exclude_none=True) if fact.source else None
            numbers[id(fact)] = len(rows)
            rows.append([*fact.cell, fact.value, fact.how, fact.reason, fact.rule, premises, source, fact.theorem])
    return json.dumps({"facts": rows, "cells": [[numbers[id(fact)] for fact in found] for found in facts.values()]})


def read(text: str) -> Facts:
    """Return the facts that `written` wrote.

    Raises:
        ValueError: It is no JSON.
        TypeError: A row is none of a fact.
        LookupError: A premise or a fact of a cell is missing.
    """
    data = json.loads(text)
    facts: list[Fact] = []
    for architecture, variant, bias, value, how, reason, rule, numbers, source, theorem in data["facts"]:
        premises = tuple(facts[number] for number in numbers)
        known = Source.model_validate(source) if source else None
        facts.append(Fact(architecture, variant, bias, value, how, reason, rule, premises, known, theorem))
    cells = ([facts[number] for number in numbers] for numbers in data["cells"])
    return {found[0].cell: found for found in cells}

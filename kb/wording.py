"""Phrases that our texts and names do not use, and what to write instead: the tables in `docs/style.md`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from kb.folders import bundled_root

_ROW = re.compile(r"^\| (?P<plain>[^|]+) \| (?P<phrases>[^|]+) \|$", re.MULTILINE)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_QUOTED = re.compile(r"“[^“”]*”|\"[^\"]*\"")


def rejected() -> dict[str, str]:
    """Return every phrase that is not used, in lower case, with what to write instead."""
    return _table("Phrases not used")


def rejected_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield the phrases of a text that are not used, as they stand there, with what to write instead.

    Examples:
        >>> [plain for _, plain in rejected_in("Everything hangs" + " together.")]
        ['are related']
        >>> list(rejected_in('The slide says "by' + ' heart".'))
        []
    """
    yield from _found(_QUOTED.sub('""', text), "Phrases not used")


def rejected_in_name(name: str) -> Iterator[tuple[str, str]]:
    """Yield the phrases in a name of a function, a class or a variable that are not used, with what to write instead.

    Examples:
        >>> [plain for _, plain in rejected_in_name("_tells" + "Apart")]
        ['distinguishes']
    """
    words = " ".join(_WORD.findall(name)).lower()
    yield from _found(words, "Phrases not used", "Names in code")


def _found(text: str, *headings: str) -> Iterator[tuple[str, str]]:
    plain = _tables(*headings)
    squeezed = " ".join(text.lower().split())
    present = tuple(phrase for phrase in plain if phrase in squeezed)  # mostly none, which is found out quickly
    for found in _pattern(present).finditer(text) if present else ():
        yield found[0], plain[" ".join(found[0].lower().split())]


@cache
def _tables(*headings: str) -> dict[str, str]:
    return {phrase: plain for heading in reversed(headings) for phrase, plain in _table(heading).items()}


@cache
def _table(heading: str) -> dict[str, str]:
    sheet = (bundled_root() / "docs" / "style.md").read_text(encoding="utf-8")
    section = sheet.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = list(_ROW.finditer(section))[2:]  # without the head of the table, and the line under it
    return {phrase: row["plain"] for row in rows for phrase in row["phrases"].split(", ")}


@cache
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)  # of several that begin alike
    words = (r"\s+".join(map(re.escape, phrase.split())) for phrase in longest_first)
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)

"""Phrases that our texts do not use, and what to write instead: the table in `docs/style.md`, which has them once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from kb.folders import bundled_root

_ROW = re.compile(r"^\| (?P<plain>[^|]+) \| (?P<phrases>[^|]+) \|$", re.MULTILINE)
_QUOTED = re.compile(r"“[^“”]*”|\"[^\"]*\"")


@cache
def rejected() -> dict[str, str]:
    """Return every phrase that is not used, in lower case, with what to write instead."""
    sheet = (bundled_root() / "docs" / "style.md").read_text(encoding="utf-8")
    rows = list(_ROW.finditer(sheet))[2:]  # without the head of the table, and the line under it
    return {phrase: row["plain"] for row in rows for phrase in row["phrases"].split(", ")}


def rejected_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield the phrases of a text that are not used, as they stand there, with what to write instead.

    Examples:
        >>> [plain for _, plain in rejected_in("Everything hangs" + " together.")]
        ['are related']
        >>> list(rejected_in('The slide says "by' + ' heart".'))
        []
    """
    for found in _pattern().finditer(_QUOTED.sub('""', text)):
        yield found[0], rejected()[" ".join(found[0].lower().split())]


@cache
def _pattern() -> re.Pattern[str]:
    phrases = sorted(rejected(), key=len, reverse=True)  # the longest of several that begin alike
    words = (r"\s+".join(map(re.escape, phrase.split())) for phrase in phrases)
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)

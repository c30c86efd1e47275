"""What of an entry is searched: its names, what is said of it in short, what it refers to, and its texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from kb.base import Base
from kb.kinds import KINDS
from kb.naming import names_of, words
from kb.schema import Architecture, Entry, Paper
from kb.schema.model import texts_in

UNSEARCHED = frozenset({"aliases", "formerly", "same_as", "ids", "kind", "id", "group", "verified_against", "authors"})
"""Fields that are searched as names or authors, or that are never looked for."""


@dataclass(frozen=True)
class Document:
    """An entry as it is searched.

    Args:
        id: The entry's id.
        kind: Its kind.
        name: Its name.
        names: All its names.
        summary: Its one sentence.
        origin: Of a paper, the authors and the year.
        variants: Of an architecture, the names of the variants.
        related: The places among the documents of what the entry refers to, papers left out.
    """

    id: str
    kind: str
    name: str
    names: list[str]
    summary: str
    origin: str
    variants: str
    related: list[int]


def documents_of(base: Base) -> list[Document]:
    """Return all entries as they are searched; of two that fit as well, the one that comes first here is the answer.

    First come the kinds that people rather look for, and of a kind the entries to which most others refer.
    """
    referred_to = Counter(str(ref) for entry in base.values() for _, ref in entry.refs())
    entries = sorted(base.values(), key=lambda e: (-KINDS[e.kind].preference, -referred_to[e.id], e.id))
    places = {entry.id: place for place, entry in enumerate(entries)}
    return [
        Document(
            entry.id, entry.kind, entry.title, names_of(entry), entry.gist, _origin(entry),
            " ".join(entry.variants) if isinstance(entry, Architecture) else "",
            sorted({places[ref] for _, ref in entry.refs() if ref in places and base[ref].kind != "paper"}),
        )
        for entry in entries
    ]  # fmt: skip


def texts_of(base: Base, documents: list[Document]) -> list[list[str]]:
    """Return, for every document, the stems of the words of the entry's texts, each once."""
    return [list(dict.fromkeys(_text(base[each.id]))) for each in documents]


def _text(entry: Entry) -> Iterator[str]:
    for steps, text in texts_in(entry):
        if not UNSEARCHED.intersection(map(str, steps[:1])):
            prose = re.sub(r"\$[^$]*\$|\]\([^)]*\)", " ", text)  # neither formulas nor where links lead
            yield from (stem(word) for word in words(prose) if len(word) > 1)


def stem(word: str) -> str:
    """Return a word without the `s` of a plural."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _origin(entry: Entry) -> str:
    return f"{' '.join(entry.authors)} {entry.year}" if isinstance(entry, Paper) else ""

"""Search over names, other names and texts, in spite of typing errors."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from kb.schema import Entry

if TYPE_CHECKING:
    from kb.base import KnowledgeBase

CUTOFF = 60.0
TEXT_FIELDS = ("summary", "definition", "statement", "description", "contributes")
PREFERENCE = {"architecture": 3.0, "concept": 2.0, "bias": 2.0, "claim": 1.0, "path": 1.0, "paper": 0.0}
"""Added to a score, so that of equally good answers the more central kind comes first."""


@dataclass(frozen=True)
class Hit:
    """An entry that answers a search.

    Args:
        id: The entry's id.
        kind: Its kind.
        name: Its name.
        summary: Its one sentence.
        score: From 0 to about 100; comparable within one search only.
        matched: The name that matched best, or `text`.
    """

    id: str
    kind: str
    name: str
    summary: str
    score: float
    matched: str

    def as_dict(self) -> dict[str, str | float]:
        """Return the fields as a JSON-ready dictionary."""
        return asdict(self)


def search(base: KnowledgeBase, text: str, limit: int = 10) -> list[Hit]:
    """Return the entries that best fit a text, best first.

    Args:
        base: The knowledge base.
        text: A name, an abbreviation, part of a name, or words; misspelt names are found too.
        limit: How many at the most.

    Example:
        >>> import kb
        >>> kb.load().search("gated recurent unit")[0].id
        'gru'
    """
    query = _normal(text)
    if not query:
        return []
    hits = [_score(query, entry) for entry in base.values()]
    return sorted((hit for hit in hits if hit.score >= CUTOFF), key=lambda hit: (-hit.score, hit.name))[:limit]


def _score(query: str, entry: Entry) -> Hit:
    names = (entry.title, entry.id, *entry.aliases)
    score, matched = max((_name_score(query, _normal(name)), name) for name in names)
    text = 0.85 * _text_score(query, entry)
    if text > score:
        score, matched = text, "text"
    score = round(score + PREFERENCE[entry.kind], 1) if score >= CUTOFF else round(score, 1)
    return Hit(entry.id, entry.kind, entry.title, entry.gist, score, matched)


def _name_score(query: str, name: str) -> float:
    """100 for the same name, less for a name that begins with the query, then by similarity as a whole and by words."""
    if query == name:
        return 100.0
    if name.startswith(query):
        return 95.0 - min(len(name) - len(query), 20) / 2
    words = name.split()
    by_words = sum(max(fuzz.ratio(word, other) for other in words) for word in query.split()) / len(query.split())
    return max(0.95 * fuzz.ratio(query, name), 0.9 * fuzz.token_sort_ratio(query, name), 0.85 * by_words)


def _text_score(query: str, entry: Entry) -> float:
    """The share of the query's words that begin a word of the entry's texts."""
    texts = (getattr(entry, field, None) for field in TEXT_FIELDS)
    text = f" {_normal(' '.join(filter(None, texts)))}"
    words = query.split()
    return 90.0 * sum(f" {word}" in text for word in words) / len(words)


def _normal(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))

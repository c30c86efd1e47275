"""Search: entries for a text, best first, in spite of typing errors.

`documents` says what of an entry is searched, and `ranking` in which order entries answer. The site's search box is a
second implementation of the ranking, in `docs/assets/search.js`; both are held to the same answers by tests.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from functools import cached_property

from kb.base import Base
from kb.characters import shown
from kb.naming import words
from kb.search.documents import documents_of, texts_of
from kb.search.ranking import FEW, Hit, Index

__all__ = ["Hit", "Searcher", "absence", "search"]


def search(base: Base, text: str, limit: int = 10) -> list[Hit]:
    """Return the entries that best fit a text, best first.

    Args:
        base: The knowledge base.
        text: A name, an abbreviation, part of a name, authors, or words; misspelt ones are found too.
        limit: How many at the most.

    Returns:
        The answers. One that fits only if the text is mistyped is marked as a `guess`; where all are guesses, no entry
        has such a name.

    Examples:
        >>> import kb
        >>> hit = kb.load().search("gated recurent unit")[0]
        >>> hit.id, hit.guess
        ('gru', True)
    """
    return _searcher_of(base).search(text)[:limit]


def absence(text: str, hits: Sequence[Hit]) -> str:
    """Return the sentence that says that no entry has a name, and what is shown instead; nothing where one has it."""
    if any(hit.named for hit in hits):
        return ""
    instead = {
        not hits: ", and none speaks of it",
        bool(hits) and all(hit.guess for hit in hits): "; these are guesses:",
    }
    return f"no entry has the name {shown(text)}{instead.get(True, '; these have its words:')}"


class Searcher:
    """The two tiers of a search: names and summaries, and where these say little, all texts.

    Args:
        base: What is searched.
    """

    def __init__(self, base: Base) -> None:
        self._base = weakref.ref(base)
        self.documents = documents_of(base)
        self.index = Index(self.documents)

    @cached_property
    def deeper(self) -> Index:
        """The index with the words of all texts."""
        base = self._base()
        assert base is not None
        return Index(self.documents, texts_of(base, self.documents))

    def search(self, text: str) -> list[Hit]:
        """Return all answers, best first."""
        query = words(text)
        hits = self.index.search(query)
        return hits if sum(not hit.guess for hit in hits) >= FEW else self.deeper.search(query)


_latest: tuple[weakref.ref[Base], Searcher] | None = None


def _searcher_of(base: Base) -> Searcher:
    """Return the indexes of a knowledge base; those of the last one asked about are kept."""
    global _latest
    if _latest is None or _latest[0]() is not base:
        _latest = weakref.ref(base), Searcher(base)
    return _latest[1]

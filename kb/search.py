"""Search over names, other names and texts, in spite of typing errors.

Two things are scored, and the better one counts: how like a whole name the query is, and how many of its words occur in
the entry, rare words counting for more. Misspelt words are looked up in the vocabulary of all entries, so that the cost
of a typing error does not grow with the length of the texts.
"""

from __future__ import annotations

import math
import re
import weakref
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from rapidfuzz import fuzz, process

from kb.base import Base
from kb.kinds import KINDS
from kb.problems import NoSuchEntryError
from kb.schema import Entry, Paper

CUTOFF = 55.0
"""Lowest score of an answer, out of 100."""
LIKE_A_NAME, LIKE_A_WORD = 70.0, 75.0
"""Lowest similarity (out of 100) at which a name, or a word, counts as misspelt rather than as another one."""
IN_NAME, IN_SUMMARY, IN_TEXT = 0.9, 0.8, 0.65
"""What a word counts for, by the place where it occurs."""
IGNORED = frozenset(
    re.findall(r"\w+", "a an and as by do for from how in is it of on or that the to what which why with")
)


@dataclass(frozen=True)
class Hit:
    """An entry that answers a search.

    Args:
        id: The entry's id.
        kind: Its kind.
        name: Its name.
        summary: Its one sentence.
        score: From 0 to about 100; comparable within one search only.
        matched: The name that the query is like, or `text` where its words were found.
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


def search(base: Base, text: str, limit: int = 10) -> list[Hit]:
    """Return the entries that best fit a text, best first.

    Args:
        base: The knowledge base.
        text: A name, an abbreviation, part of a name, authors, or words; misspelt ones are found too.
        limit: How many at the most.

    Examples:
        >>> import kb
        >>> kb.load().search("gated recurent unit")[0].id
        'gru'
    """
    return _index_of(base).search(text)[:limit]


def find(base: Base, text: str) -> Entry:
    """Return the entry of this id, alias or name, whatever the case of its letters.

    Raises:
        NoSuchEntryError: There is none. The message suggests the nearest entry.
        ValueError: Several entries of the same rank have the name.

    Examples:
        >>> import kb
        >>> find(kb.load(), "Gated recurrent unit").id
        'gru'
    """
    if text in base:
        return base[text]
    index = _index_of(base)
    same = {entry.id: entry for name, _, entry in index.names if name == normal(text)}
    if same:  # an architecture and the paper that introduced it may share a name
        best = max(KINDS[entry.kind].preference for entry in same.values())
        central = [entry for entry in same.values() if KINDS[entry.kind].preference == best]
        if len(central) == 1:
            return central[0]
        raise ValueError(f"{text!r} is a name of more than one entry: {', '.join(entry.id for entry in central)}")
    near = index.search(text)[:1]
    if not near:
        raise NoSuchEntryError(text, base)
    error = NoSuchEntryError(text, ())
    error.args = (f"{error} (did you mean {near[0].id!r}?)",)  # near in names and texts too, not only in ids
    raise error


class Index:
    """What is searched: the names of entries, and for every word where it occurs.

    Args:
        entries: The entries to find.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = list(entries)
        self.names = [(normal(name), name, entry) for entry in self.entries for name in _names(entry)]
        self.referred_to = Counter(str(ref) for entry in self.entries for _, ref in entry.refs())
        """How many references lead to an entry: of two that fit as well, the more central one comes first."""
        self.words: dict[str, dict[str, float]] = {}
        for entry in self.entries:
            for weight, text in _texts(entry):
                for word in normal(text).split():
                    places = self.words.setdefault(word, {})
                    places[entry.id] = max(weight, places.get(entry.id, 0.0))

    def search(self, text: str) -> list[Hit]:
        """Return all entries that fit a text, best first."""
        query = normal(text)
        if not query:
            return []
        by_name = self._by_name(query)
        by_words = self._by_words([word for word in query.split() if word not in IGNORED] or query.split())
        hits = []
        for entry in self.entries:
            score, matched = max(by_name.get(entry.id, (0.0, "")), (by_words.get(entry.id, 0.0), "text"))
            if score >= CUTOFF:
                score = round(score + KINDS[entry.kind].preference, 1)
                hits.append(Hit(entry.id, entry.kind, entry.title, entry.gist, score, matched))
        return sorted(hits, key=lambda hit: (-hit.score, -self.referred_to[hit.id], hit.name))

    def _by_name(self, query: str) -> dict[str, tuple[float, str]]:
        """Score names as a whole: 100 for the same one, less for one that begins so, then by similarity."""
        found: dict[str, tuple[float, str]] = {}
        alike = process.extract(query, [name for name, _, _ in self.names], scorer=fuzz.ratio, limit=None,
                                score_cutoff=LIKE_A_NAME)  # fmt: skip
        scores = {place: 0.95 * similarity for _, similarity, place in alike}
        squeezed = query.replace(" ", "")
        for place, (name, shown, entry) in enumerate(self.names):
            score = scores.get(place, 0.0)
            if name == query:
                score = 100.0
            elif (compact := name.replace(" ", "")).startswith(squeezed):  # `batchnorm` is written in either way
                score = max(score, 95.0 - min(len(compact) - len(squeezed), 20) / 2)
            if score > found.get(entry.id, (0.0, ""))[0]:
                found[entry.id] = score, shown
        return found

    def _by_words(self, words: list[str]) -> dict[str, float]:
        """Score entries by the words of the query that occur in them, weighted by rarity."""
        total: dict[str, float] = {}
        weights = 0.0
        for word in words:
            places: dict[str, float] = {}
            for known, similarity in self._like(word):
                for entry_id, weight in self.words[known].items():
                    places[entry_id] = max(weight * similarity, places.get(entry_id, 0.0))
            rarity = math.log((len(self.entries) + 1) / (len(places) + 1)) + 0.1
            weights += rarity
            for entry_id, score in places.items():
                total[entry_id] = total.get(entry_id, 0.0) + rarity * score
        return {entry_id: 100.0 * score / weights for entry_id, score in total.items()}

    def _like(self, word: str) -> Iterator[tuple[str, float]]:
        """Yield the known words that a word may stand for, with a similarity up to 1."""
        stem = word.removesuffix("s") if len(word) > 3 else word
        begun = [known for known in self.words if known.startswith(stem)]
        yield from ((known, 1.0 if known == word else 0.97) for known in begun)
        if not begun and len(word) > 3:
            alike = process.extract(word, self.words.keys(), scorer=fuzz.ratio, limit=5, score_cutoff=LIKE_A_WORD)
            yield from ((known, similarity / 100) for known, similarity, _ in alike)


_latest: tuple[weakref.ref[Base], Index] | None = None


def _index_of(base: Base) -> Index:
    """Return the index of a knowledge base; that of the last one asked about is kept."""
    global _latest
    if _latest is None or _latest[0]() is not base:
        _latest = weakref.ref(base), Index(base.values())
    return _latest[1]


def normal(text: str) -> str:
    """Return words only, in lower case and British spelling (`Normalization` and `normalisation` are one word)."""
    words = re.findall(r"\w+", text.casefold())
    return re.sub(r"iz(?=ation|e|ing)", "is", " ".join(words))


def _names(entry: Entry) -> list[str]:
    return list(dict.fromkeys([entry.title, entry.id, *entry.aliases]))


def _texts(entry: Entry) -> Iterator[tuple[float, str]]:
    """Yield the texts in which words are looked for, with what a word counts for there."""
    yield from ((IN_NAME, name) for name in _names(entry))
    yield IN_SUMMARY, entry.gist
    if isinstance(entry, Paper):
        yield IN_NAME, f"{' '.join(entry.authors)} {entry.year}"
    for name in ("definition", "statement", "description"):
        yield IN_TEXT, getattr(entry, name, None) or ""

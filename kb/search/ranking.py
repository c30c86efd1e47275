"""Ranking: in which order entries answer a search.

An entry answers by a name, or by its words; the better of the two counts. Scores are whole numbers, and are made of
comparisons that can be stated exactly, because `docs/assets/search.js` makes the same ones: change both together.

By name, out of 1000: the same name; one that begins so, less for every further letter; one with the number of a size
behind it (`resnet50`); and where there is none of these, one with a few slips of the finger, which is a guess.

By words: of every word that is asked for, how rare it is among the entries, how well it fits (the same, begun so, with
another ending, mistyped) and where it stands. At least half of what is asked for, by rarity, must be there.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from kb.kinds import KINDS
from kb.naming import slips, words
from kb.search.documents import Document, stem

IGNORED = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be between by can do does for from have how i in is it its of on one or that the there "
        "they this to use used we what when where which who why will with you",
    )
)
"""Words that say nothing, unless nothing else is asked for."""
NAME, ORIGIN, SUMMARY, VARIANT, RELATED, TEXT = 10, 9, 8, 6, 5, 4
"""What a word counts for, by where it stands."""
SAME, BEGUN, INFLECTED, MISTYPED = 10, 9, 8, 7
"""What a word counts for, by how it fits."""
STEM, ENDING = 5, 3
"""Two words are forms of one if they share at least so many letters, and at most so many follow in each."""
FEW = 5
"""With fewer answers than these from names and summaries, all texts are searched."""
CUTOFF = 300
"""The lowest score of an answer."""
WORDS, TEXTS = "words", "text"
"""What an answer is said to match where it is no name."""
PREFERRED = 5
"""What it counts for that a kind of entry is preferred by one, beside how well an entry fits."""


@dataclass(frozen=True)
class Hit:
    """An entry that answers a search.

    Args:
        id: The entry's id.
        kind: Its kind.
        name: Its name.
        summary: Its one sentence.
        score: From 300 to about 1000; comparable within one search only.
        matched: The name that the search is like; or `words` or `text`, where its words were found in names and
            summaries, or only in the texts.
        guess: It fits only if the search is mistyped.
    """

    id: str
    kind: str
    name: str
    summary: str
    score: int
    matched: str
    guess: bool

    @property
    def named(self) -> bool:
        """Whether it is called what was searched for, or begins so."""
        return not self.guess and self.matched not in (WORDS, TEXTS)

    def as_dict(self) -> dict[str, str | int | bool]:
        """Return the fields as a JSON-ready dictionary."""
        return asdict(self)


@dataclass(frozen=True)
class Fit:
    """How an entry fits a search: as in `Hit`."""

    score: int
    matched: str
    guess: bool


NONE = Fit(0, "", False)


class Index:
    """What is searched: the names of entries, and for every word where it stands.

    Args:
        documents: The entries.
        texts: The stems of the words in the texts of each, where these are searched too.
    """

    def __init__(self, documents: Sequence[Document], texts: Sequence[list[str]] = ()) -> None:
        self.documents = documents
        self.names: list[tuple[int, str, str, str]] = []
        """Place of a document, name, its stems with a space behind each, and the same without spaces."""
        self.parts: list[list[set[str]]] = []
        """The telling stems of the names of each; ids are left out, because those of claims are names cut short."""
        self.words: dict[str, dict[int, int]] = {}
        """Stem -> place of a document -> what it counts for there."""
        self.referring: list[list[int]] = [[] for _ in documents]
        """The places of the documents that refer to each: its name says something of them too."""
        for place, document in enumerate(documents):
            named = {name: words(name) for name in document.names}
            for name, found in named.items():
                stems = [stem(word) for word in found]
                self.names.append((place, name, "".join(f"{each} " for each in stems), "".join(stems)))
            self._add(place, NAME, (stem(word) for found in named.values() for word in found))
            significant = [found for name, found in named.items() if name != document.id]
            self.parts.append([{stem(word) for word in found if word not in IGNORED} for found in significant])
            for weight, text in ((ORIGIN, document.origin), (SUMMARY, document.summary), (VARIANT, document.variants)):
                self._add(place, weight, map(stem, words(text)))
            for other in document.related:
                self.referring[other].append(place)
            self._add(place, TEXT, texts[place] if texts else ())
        self.begun: dict[str, list[str]] = {}
        for word in self.words:
            self.begun.setdefault(word[:STEM], []).append(word)

    def _add(self, place: int, weight: int, stems: Iterable[str]) -> None:
        for word in stems:
            self.words.setdefault(word, {}).setdefault(place, weight)  # the highest weight comes first

    def search(self, query: list[str]) -> list[Hit]:
        """Return all entries that fit some words (as `naming.words` gives them), best first."""
        significant = [word for word in query if word not in IGNORED] or query
        by_name = self._by_name([stem(word) for word in query])
        by_words = self._by_words(list(dict.fromkeys(map(stem, significant))))
        hits = []
        for place, document in enumerate(self.documents):
            one, other = by_name.get(place, NONE), by_words.get(place, NONE)
            fit = one if one.score >= other.score else other
            if fit.score >= CUTOFF:
                score = fit.score + PREFERRED * KINDS[document.kind].preference
                hits.append(
                    Hit(document.id, document.kind, document.name, document.summary, score, fit.matched, fit.guess)
                )
        return sorted(hits, key=lambda hit: -hit.score)  # of two that fit as well, the first of the documents

    def _by_name(self, query: list[str]) -> dict[int, Fit]:
        """Return how entries fit by one of their names."""
        typed, line = "".join(query), "".join(f"{word} " for word in query)
        found: dict[int, Fit] = {}
        for place, name, stems, joined in self.names:
            score = 0
            if joined == typed:
                score = 1000
            elif len(typed) > 1 and joined.startswith(typed):
                score = (940 if stems.startswith(line) else 915) - 4 * min(len(joined) - len(typed), 40)
            elif len(joined) > 2 and typed.startswith(joined) and re.fullmatch("[0-9]{1,3}", typed[len(joined) :]):
                score = 870
            if score > found.get(place, NONE).score:
                found[place] = Fit(score, name, False)
        return found or self._by_slips(typed)

    def _by_slips(self, typed: str) -> dict[int, Fit]:
        """Return how entries fit by a name that is mistyped."""
        found: dict[int, Fit] = {}
        most = slips(len(typed))
        joined = [joined for *_, joined in self.names] if most else ()
        for _, wrong, number in process.extract(typed, joined, scorer=OSA.distance, limit=None, score_cutoff=most):
            place, name, *_ = self.names[number]
            if 960 - 60 * wrong > found.get(place, NONE).score:
                found[place] = Fit(960 - 60 * wrong, name, True)
        return found

    def _by_words(self, query: list[str]) -> dict[int, Fit]:
        """Return how entries fit by the words that are asked for."""
        sums, present, shallow = (defaultdict[int, int](int) for _ in range(3))
        mistyped: set[int] = set()
        known: set[str] = set()
        total = 0
        for word in query:
            best: dict[int, int] = {}
            forms = list(self._forms(word))
            for form, fit in forms:
                known.add(form)
                for place, weight in self.words[form].items():
                    if fit == MISTYPED and weight < ORIGIN:  # somewhere in a text there is a word like any other
                        continue
                    best[place] = max(weight * fit, best.get(place, 0))
                    for other in self.referring[place] if weight == NAME and fit != MISTYPED else ():
                        best[other] = max(RELATED * fit, best.get(other, 0))
            rarity = max(1, (len(self.documents) // (1 + len(best))).bit_length())  # 1 where every entry has it
            total += rarity
            for place, score in best.items():
                sums[place] += rarity * score
                present[place] += rarity
                shallow[place] += rarity if score > SAME * TEXT else 0
                if forms[0][1] == MISTYPED:
                    mistyped.add(place)
        return {
            place: Fit(
                score // total * 8 + score // total * self._share_of_a_name(place, known, len(query)) // 100,
                WORDS if 2 * shallow[place] >= total else TEXTS,
                place in mistyped,
            )
            for place, score in sums.items()
            if 2 * present[place] >= total
        }

    def _forms(self, word: str) -> Iterator[tuple[str, int]]:
        """Yield the words of the index that a word stands for, and how well each fits."""
        start = self.begun.get(word[:STEM], ())
        near = start if len(word) >= STEM else self.words if len(word) > 2 else ()
        found = [(word, SAME)] if word in self.words else []
        found += [(known, BEGUN) for known in near if known != word and known.startswith(word)]
        found += [(known, INFLECTED) for known in start if not known.startswith(word) and _inflected(word, known)]
        yield from found
        if not found and (most := slips(len(word))):
            alike = process.extract(word, self.words.keys(), scorer=OSA.distance, limit=None, score_cutoff=most)
            yield from ((known, MISTYPED) for known, _, _ in alike)

    def _share_of_a_name(self, place: int, known: set[str], length: int) -> int:
        """How much a name and what is asked for have in common, in percent: of all names of an entry the most."""
        return max((100 * len(parts & known) // max(len(parts), length) for parts in self.parts[place]), default=0)


def _inflected(one: str, other: str) -> bool:
    """Whether two words are one except for their endings, such as `equivariant` and `equivariance`."""
    if min(len(one), len(other)) < STEM:
        return False
    shared = STEM
    while shared < min(len(one), len(other)) and one[shared] == other[shared]:
        shared += 1
    return max(len(one), len(other)) - shared <= ENDING

"""Sizes in letters: what a number is called that grows with the sizes of inputs and arguments.

A size is observed in several runs, in which the letters have other values; it is the simplest expression that agrees
with all of them, or the number itself where it never changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations_with_replacement, permutations

FACTORS = range(2, 33)
HALVES = (2, 4, 8, 16, 32, 64)
NEAR = 0.2
"""Share by which a size may differ from half a letter, a quarter and so on, where borders are cut off or added."""
UNKNOWN = "…"

Values = tuple[int, ...]
"""A size in every run."""


class Letters:
    """Letters by their values in every run.

    Args:
        values: From letter to its value in every run.
    """

    def __init__(self, values: Mapping[str, Values]) -> None:
        self._known: dict[Values, str] = {}
        self._letters = {letter: found for letter, found in values.items() if len(set(found)) > 1}
        for found, text in _expressions(self._letters):
            self._known.setdefault(found, text)

    def named(self, values: Sequence[int]) -> str:
        """Return a size in letters.

        Examples:
            >>> letters = Letters({"T": (5, 7, 5), "U": (6, 6, 12)})
            >>> letters.named((5, 7, 5)), letters.named((24, 24, 48)), letters.named((3, 3, 3))
            ('T', '4U', '3')
        """
        if len(set(values)) == 1:
            return str(values[0])
        return self._known.get(tuple(values)) or self._nearly(values)

    def _nearly(self, values: Sequence[int]) -> str:
        """Return about what part of a letter a size is, as of a map whose border is cut off.

        A map of one or two pixels could be any part.
        """
        if max(values) <= 2:
            return UNKNOWN
        found = []
        for letter, known in self._letters.items():
            for part in (1, *HALVES):
                pairs = [(value, whole / part) for value, whole in zip(values, known, strict=True)]
                off = max(abs(value - share) / max(share, 1e-9) for value, share in pairs)
                changes = [value != values[0] for value in values] == [whole != known[0] for whole in known]
                if changes and (off <= NEAR or all(abs(value - share) <= 2 for value, share in pairs)):
                    found.append((off, f"~{letter}/{part}" if part > 1 else f"~{letter}"))
        return min(found, default=(0.0, UNKNOWN))[1]

    def shape(self, shapes: Sequence[Sequence[int]]) -> str:
        """Return a shape in letters, from what it was in every run; empty where it has no fixed number of axes."""
        if len({len(shape) for shape in shapes}) != 1 or not shapes[0]:
            return ""
        return ", ".join(self.named(sizes) for sizes in zip(*shapes, strict=True))


def _expressions(letters: Mapping[str, Values]) -> Iterator[tuple[Values, str]]:
    """Yield values and expressions for them, the simplest first."""
    for letter, values in letters.items():
        yield values, letter
    for letter, values in letters.items():
        for factor in FACTORS:
            yield tuple(factor * value for value in values), f"{factor}{letter}"
        for factor in HALVES:
            if all(value >= factor for value in values):
                yield tuple(-(-value // factor) for value in values), f"{letter}/{factor}"
        for more in (1, 2, 3):
            yield tuple(value + more for value in values), f"{letter}+{more}"
            yield tuple(value - more for value in values), f"{letter}−{more}"
    for first, second in combinations_with_replacement(letters, 2):
        pair = list(zip(letters[first], letters[second], strict=True))
        yield tuple(a * b for a, b in pair), f"{first}²" if first == second else f"{first}{second}"
        if first != second:
            yield tuple(a + b for a, b in pair), f"{first}+{second}"
    for first, second in combinations_with_replacement(letters, 2):
        pair = list(zip(letters[first], letters[second], strict=True))
        if first != second:
            for factor in (2, 3, 4):
                yield tuple(a + factor * b for a, b in pair), f"{first}+{factor}{second}"
                yield tuple(factor * a + b for a, b in pair), f"{second}+{factor}{first}"
        for factor in FACTORS:
            yield tuple(factor * a * b for a, b in pair), f"{factor}{first}{second}"
    for first, second in permutations(letters, 2):
        for third in letters:
            if third not in (first, second) and first < second:
                triple = list(zip(letters[first], letters[second], letters[third], strict=True))
                for factor in (2, 3):
                    yield tuple(a + b + factor * c for a, b, c in triple), f"{first}+{second}+{factor}{third}"
    for three in combinations_with_replacement(letters, 3):
        triples = list(zip(*(letters[letter] for letter in three), strict=True))
        yield tuple(a * b * c for a, b, c in triples), "".join(three)
        yield tuple(a + b + c for a, b, c in triples), "+".join(three)

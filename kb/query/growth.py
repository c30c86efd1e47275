"""How the counted cost of an architecture grows: its FLOPs when the input gets longer, and when features get more.

The FLOPs are the polynomial that `kb verify` found. All sizes start at the same number, so that curves of several
architectures can be laid over each other.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from kb import annotated, links
from kb.base import Base
from kb.schema import Architecture

START, COUNT = 64, 2
"""Where lengths and features start, and what other sizes are, such as numbers of layers."""
FACTORS = (1, 2, 4, 8, 16)
"""How many times as large as at the start a size is, at each point of a curve."""
LENGTHS = ("sequence", "past", "space", "node", "edge", "region")
"""Roles of the axes along which an input is long."""


@dataclass(frozen=True)
class Growth:
    """The FLOPs of one example at every factor.

    Args:
        length: When all that the input is long in grows; empty where the cost has no such size.
        width: When all numbers of features grow.
        scaled: Sizes that scale several numbers of the code, such as the widths of all stages. They start at 1, which
            is the network of the tests: the curves then rise as they should, and their height says nothing.
    """

    length: tuple[float, ...]
    width: tuple[float, ...]
    scaled: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the curves as a JSON-ready dictionary."""
        return asdict(self)


def growth(base: Base, architecture: str) -> Growth | None:
    """Return how the FLOPs of an architecture grow; nothing where they were not counted.

    Raises:
        NoSuchEntryError: The id is unknown.

    Examples:
        >>> import kb
        >>> base = kb.load()
        >>> [growth(base, entry_id).width[0] for entry_id in ("lstm", "gru")]
        [4718592.0, 3670016.0]
    """
    entry = base.architectures[architecture]
    record = base.evidence.get(entry.id)
    if not record or not record.cost:
        return None
    terms = [(factor, _powers(term)) for term, factor in record.cost.terms.items()]
    letters = sorted({letter for _, powers in terms for letter in powers})
    kinds = {letter: _kind(base, entry, letter) for letter in letters}
    scaled = tuple(letter for letter in letters if kinds[letter] == "width" and _scales(base, entry, letter))

    def flops(kind: str, times: int) -> float:
        sizes = {letter: _start(kinds[letter], letter in scaled) for letter in letters}
        grown = {letter: size * (times if kinds[letter] == kind else 1) for letter, size in sizes.items()}
        values = (factor * math.prod(grown[x] ** power for x, power in powers.items()) for factor, powers in terms)
        return float(sum(values))

    curves = {
        kind: tuple(flops(kind, times) for times in FACTORS) if kind in kinds.values() else ()
        for kind in ("length", "width")
    }
    return Growth(curves["length"], curves["width"], scaled)


def _powers(term: str) -> dict[str, int]:
    """The sizes of a term such as `B T U^2`, each with its power."""
    parts = (part.partition("^") for part in term.split())
    return {letter: int(power or 1) for letter, _, power in parts if letter != "1"}


def _kind(base: Base, entry: Architecture, letter: str) -> str:
    """What a size is: a `length`, a `width`, the size of a `batch`, or another `count`."""
    axis = base.axis_of(entry.id, letter)
    role = axis.role if axis else ""
    if letter in entry.signature_of().named and role in LENGTHS:
        return "length"
    return {"feature": "width", "batch": "batch"}.get(role, "count")


def _start(kind: str, scaled: bool) -> int:
    return 1 if scaled or kind == "batch" else COUNT if kind == "count" else START


def _scales(base: Base, entry: Architecture, letter: str) -> bool:
    """Whether a size multiplies several numbers, instead of being one."""
    places = entry.complexity.scaled.get(letter, [])
    if len(places) != 1 or "." in places[0]:
        return bool(places)
    try:
        return places[0] not in annotated.single_numbers(base.root, entry.implementation, "__init__")
    except links.SourceError:
        return True

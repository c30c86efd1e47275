"""What is unknown: the cells of the matrix without a value, and what would follow from a value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from kb.base import Base
from kb.schema import DEFAULT_VARIANT
from kb.traits import Fact, Value

CellName = tuple[str, str, str]


@dataclass(frozen=True)
class OpenCell:
    """An unknown trait, and the other unknown cells that an answer would decide."""

    architecture: str
    variant: str
    bias: str
    if_holds: tuple[CellName, ...]
    if_lacks: tuple[CellName, ...]

    @property
    def worth(self) -> float:
        """How many cells an answer decides: the mean of the two answers."""
        return (len(self.if_holds) + len(self.if_lacks)) / 2

    def as_dict(self) -> dict[str, Any]:
        """Return the cell as a JSON-ready dictionary."""
        return asdict(self) | {"worth": self.worth}


def open_cells(base: Base) -> list[OpenCell]:
    """Return the unknown cells of every small variant, those first whose answer would decide most others.

    Examples:
        >>> import kb
        >>> all(cell.worth >= 0 for cell in kb.load().open())
        True
    """
    unknown = set(_unknown(base))

    def follows(cell: CellName, value: Value) -> tuple[CellName, ...]:
        known = base.follow([Fact(*cell, value, "assumed")])
        return tuple(sorted(set(known) & unknown - {cell}))

    found = [OpenCell(*cell, follows(cell, "holds"), follows(cell, "lacks")) for cell in unknown]
    return sorted(found, key=lambda cell: (-cell.worth, cell.architecture, cell.variant, cell.bias))


def _unknown(base: Base) -> Iterator[CellName]:
    for entry in base.architectures.values():
        for variant in entry.small_variants:
            for bias in base.biases:
                if base.trait(entry.id, bias, variant).value == "unknown":
                    yield entry.id, variant, bias


def unmeasured(base: Base) -> dict[tuple[str, str], int]:
    """Return how many traits are unknown of each variant of a published size, which probes do not measure."""
    found: dict[tuple[str, str], int] = {}
    for entry in base.architectures.values():
        for variant in entry.all_variants.keys() - entry.small_variants.keys():
            values = [base.trait(entry.id, bias, variant).value for bias in base.biases]
            found[entry.id, variant] = values.count("unknown")
    return {place: count for place, count in sorted(found.items()) if count}


def deciders(base: Base, architecture: str, bias: str, variant: str = DEFAULT_VARIANT) -> list[Fact]:
    """Return the facts any of which would decide an unknown cell, if they were known."""
    goal = (architecture, variant, bias)
    values: tuple[Value, ...] = ("holds", "lacks")
    return [
        Fact(*cell, value, "assumed")
        for cell in _unknown(base)
        for value in values
        if cell != goal and goal in base.follow([Fact(*cell, value, "assumed")])
    ]

"""What is unknown: the cells of the matrix without a value, why they have none, and what would follow from a value."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

from kb.base import Base
from kb.evidence import TraitEvidence
from kb.schema import DEFAULT_VARIANT
from kb.traits import Fact, Value

CellName = tuple[str, str, str]


@dataclass(frozen=True)
class OpenCell:
    """An unknown trait, why it is, and the other unknown cells that an answer would decide."""

    architecture: str
    variant: str
    bias: str
    reason: str
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
    """Return the unknown cells of every variant, those first whose answer would decide most others.

    Examples:
        >>> import kb
        >>> all(cell.worth >= 0 and cell.reason for cell in kb.load().open())
        True
    """
    unknown = set(_unknown(base))

    def follows(cell: CellName, value: Value) -> tuple[CellName, ...]:
        known = base.follow([Fact(*cell, value, "assumed")])
        return tuple(sorted(set(known) & unknown - {cell}))

    found = [OpenCell(*cell, reason(base, *cell), follows(cell, "holds"), follows(cell, "lacks")) for cell in unknown]
    return sorted(found, key=lambda cell: (-cell.worth, cell.architecture, cell.variant, cell.bias))


@dataclass(frozen=True)
class OpenGroup:
    """Traits of an architecture that are unknown for one reason: the same biases of each of some variants."""

    architecture: str
    reason: str
    biases: tuple[str, ...]
    variants: tuple[str, ...]


def by_reason(cells: Iterable[OpenCell]) -> list[OpenGroup]:
    """Return unknown cells by architecture and reason, in the order of the alphabet.

    Examples:
        >>> cells = [OpenCell("mlp", "mnist", bias, "It is large.", (), ()) for bias in ("locality", "causality")]
        >>> by_reason(cells)
        [OpenGroup(architecture='mlp', reason='It is large.', biases=('causality', 'locality'), variants=('mnist',))]
    """
    biases: dict[tuple[str, str, str], list[str]] = {}
    for cell in sorted(cells, key=lambda cell: (cell.architecture, cell.variant, cell.bias)):
        biases.setdefault((cell.architecture, cell.reason, cell.variant), []).append(cell.bias)
    variants: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for (architecture, reason, variant), listed in biases.items():
        variants.setdefault((architecture, reason, tuple(listed)), []).append(variant)
    return [OpenGroup(*key, tuple(listed)) for key, listed in variants.items()]


def _unknown(base: Base) -> Iterator[CellName]:
    for entry in base.architectures.values():
        for variant in entry.all_variants:
            for bias in base.biases:
                if base.trait(entry.id, bias, variant).value == "unknown":
                    yield entry.id, variant, bias


def reason(base: Base, architecture: str, variant: str, bias: str) -> str:
    """Say why a trait is unknown, in a sentence: what the probe found, or why it was not run."""
    record = base.evidence.get(architecture)
    found = [trait for trait in record.traits if (trait.bias, trait.variant) == (bias, variant)] if record else []
    if found:
        return _undecided(found[0])
    if base.biases[bias].scope.decided_by == "estimate" and "/" in variant:
        return "Its output has so large a stride that numbers at two sizes cannot be compared; nothing else decides it."
    if variant.partition("/")[0] != DEFAULT_VARIANT and "/" in variant:
        return "Probes measure the sub-networks of the default variant only."
    return f"The probe has not measured this variant. Measure it: kb verify {architecture}"


def _undecided(trait: TraitEvidence) -> str:
    """Say why a measurement decides nothing."""
    if trait.declined:
        return f"It was not measured: {trait.declined}."
    of = f" of a network {trait.narrowed} times as narrow" if trait.narrowed > 1 else ""
    if trait.error != trait.error:
        return f"The probe decides nothing: no draw{of} gives an error."
    error, tolerance = f"{trait.error:.1e}", f"{trait.tolerance:.0e}"
    return f"The probe decides nothing: its error {error}{of} exceeds the tolerance {tolerance}, but not clearly."


def unmeasured(base: Base) -> dict[tuple[str, str], int]:
    """Return how many traits are unknown of each sub-network that probes do not measure: of other variants."""
    found: dict[tuple[str, str], int] = {}
    for entry in base.architectures.values():
        for place in entry.places[len(entry.all_variants) :]:
            if not place.startswith(f"{DEFAULT_VARIANT}/"):
                values = [base.trait(entry.id, bias, place).value for bias in base.biases]
                found[entry.id, place] = values.count("unknown")
    return {place: count for place, count in sorted(found.items()) if count}


def deciders(base: Base, architecture: str, bias: str, variant: str = DEFAULT_VARIANT) -> list[Fact]:
    """Return the facts any of which would decide an unknown cell, if they were known."""
    global _latest
    if _latest is None or _latest[0]() is not base:
        _latest = weakref.ref(base), _deciders(base)
    return _latest[1].get((architecture, variant, bias), [])


def _deciders(base: Base) -> dict[CellName, list[Fact]]:
    """Return for every unknown cell the facts that would decide it: the consequences of each, read backwards."""
    unknown = set(_unknown(base))
    found: dict[CellName, list[Fact]] = {}
    values: tuple[Value, ...] = ("holds", "lacks")
    for cell, value in product(sorted(unknown), values):
        fact = Fact(*cell, value, "assumed")
        for goal in unknown.intersection(base.follow([fact])) - {cell}:
            found.setdefault(goal, []).append(fact)
    return found


_latest: tuple[weakref.ref[Base], dict[CellName, list[Fact]]] | None = None
"""The knowledge base that was asked about last, and what would decide its unknown cells."""

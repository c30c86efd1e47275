"""All facts with how each is known, in one order: what RDF, tables and the JSON document are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from kb.base import Base
from kb.schema import NARROWER
from kb.traits import Cell, Fact


@dataclass(frozen=True)
class Measured:
    """How a fact was measured.

    Args:
        digest: Of everything that the measurement depends on.
        draws: How many draws of weights and inputs there were.
        error: The error that decided.
        which: Which of all errors that is: largest, median or smallest.
        tolerance: The largest error of a bias that holds.
        narrowed: How many times as narrow the network was that ran.
    """

    digest: str
    draws: int
    error: float
    which: str
    tolerance: float
    narrowed: int


def all_facts(base: Base) -> list[Fact]:
    """Return every fact, and the premises about components from which some follow, by name."""
    found: dict[str, Fact] = {}
    waiting = [fact for facts in base.facts.values() for fact in facts]
    while waiting:
        fact = waiting.pop()
        if found.setdefault(fact.id, fact) is fact:
            waiting += fact.premises
    return [found[name] for name in sorted(found)]


def meant_cells(base: Base, architectures: Iterable[str] | None = None) -> Iterator[Cell]:
    """Yield what is meant by every trait where no variant is named, if the bias applies: the matrix of traits.

    Args:
        base: The knowledge base.
        architectures: Only theirs; default is all.
    """
    for architecture in base.architectures if architectures is None else architectures:
        for bias in base.biases:
            cell = base.trait(architecture, bias)
            if cell.value != "not-applicable":
                yield cell


def trait_row(cell: Cell) -> dict[str, Any]:
    """Return what is known of a trait, as the JSON document and the tables have it."""
    row = {"architecture": cell.architecture, "bias": cell.bias, "place": cell.variant, "value": cell.value}
    return row | {"known": list(cell.how)}


def fact_row(fact: Fact) -> dict[str, Any]:
    """Return what every fact says, as the JSON document and the tables have it."""
    row = {"id": fact.id, "architecture": fact.architecture, "place": fact.variant, "bias": fact.bias}
    return row | {"value": fact.value, "how": fact.how, "reason": fact.reason}


def measurements(base: Base) -> dict[tuple[str, str, str], Measured]:
    """Return how every trait was measured, by architecture, place and bias."""
    found = {}
    for architecture in base.architectures:
        record, lines = base.evidence.get(architecture), base.measured.get(architecture)
        for trait in record.traits if record and lines else ():
            digest = lines.measurements["trait", trait.bias, trait.variant].digest if lines else ""
            found[architecture, trait.variant, trait.bias] = Measured(
                digest, trait.draws, trait.error, trait.which, trait.tolerance, trait.narrowed
            )
    return found


def place_measured(fact: Fact) -> tuple[str, str, str]:
    """Return the architecture, the place and the bias by which the measurement of a fact is found."""
    return fact.architecture, fact.variant.partition(NARROWER)[0], fact.bias

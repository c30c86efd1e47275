"""How much deduction knows: the share of a column of the matrix that would follow without its own evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import networkx as nx

from kb.base import Base
from kb.collecting import without_collector
from kb.inference.readings import readings
from kb.traits import Fact


@dataclass(frozen=True)
class Recall:
    """What follows of the traits of one inductive bias.

    Args:
        decided: How many of the known cells follow from other biases, other architectures' parts, and relations.
        known: How many cells are asserted or measured.
    """

    decided: int
    known: int

    @property
    def share(self) -> float:
        """The share of the known cells that follow; 0 where none is known."""
        return self.decided / self.known if self.known else 0.0


@without_collector()
def recall(base: Base, *biases: str) -> dict[str, Recall]:
    """Withhold all assertions and measurements of one bias at a time, and count how many of its cells still follow.

    What follows from the parts of an architecture counts as deduction and is kept. So are the exceptions that
    measurements make to an is-a: they only keep a conclusion from being drawn.

    Args:
        base: The knowledge base.
        biases: Their ids; all where none is given. Each takes as long as deducing everything that can lead to it.

    Examples:
        >>> import kb
        >>> recall(kb.load(), "causality")["causality"].share > 0.5
        True
    """
    given, steps = list(_given(base)), _steps(base)
    return {bias: _of_column(bias, base, given, nx.ancestors(steps, bias) | {bias}) for bias in biases or base.biases}


def _given(base: Base) -> Iterator[Fact]:
    """Yield what deduction starts from: assertions, measurements, and what parts give."""
    for facts in base.facts.values():
        yield from (fact for fact in facts if fact.how != "derived" or fact.rule == "composition")


def _steps(base: Base) -> nx.DiGraph[str]:
    """From which bias a theorem leads to which; all other rules lead from a bias to the same."""
    steps: nx.DiGraph[str] = nx.DiGraph()
    steps.add_nodes_from(base.biases)
    for theorem in base.theorems.values():
        for reading in readings(theorem, base.biases):
            steps.add_edges_from((premise, reading.conclusion[0]) for premise, _ in reading.premises)
    return steps


def _of_column(bias: str, base: Base, given: list[Fact], leading: set[str]) -> Recall:
    withheld = {fact.cell for fact in given if fact.bias == bias and fact.how != "derived"}
    rest = [fact for fact in given if fact.bias in leading and (fact.bias != bias or fact.how == "derived")]
    return Recall(len(withheld & base.follow(rest).keys()), len(withheld))

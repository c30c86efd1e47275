"""All that is known in rows: every trait, every relation, and what every measurement showed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from kb.base import Base
from kb.query.related import reason
from kb.traits import Cell


@dataclass(frozen=True)
class Edge:
    """A relation between two entries.

    Args:
        start: The entry that it starts from.
        relation: What it is called in the graph.
        end: The entry that it leads to.
        reason: The role, reason, condition or place that it comes with.
    """

    start: str
    relation: str
    end: str
    reason: str


@dataclass(frozen=True)
class Finding:
    """What a measurement showed.

    Args:
        entry: The entry that was measured.
        measured: What was: a size, a trait, the agreement with a peer, an exact check, or a claim.
        name: The bias, the case or the check; empty for a claim.
        place: The variant, or the sub-network of one.
        value: What it came to: a number of parameters, `holds`, `agrees`, a verdict.
        error: The error that decided it; None where none did.
        tolerance: The largest error that is taken for rounding.
    """

    entry: str
    measured: str
    name: str
    place: str
    value: str
    error: float | None = None
    tolerance: float | None = None


def matrix(base: Base) -> list[Cell]:
    """Return what is known of every bias for every architecture, of the variant that is meant.

    Examples:
        >>> import kb
        >>> base = kb.load()
        >>> len(matrix(base)) == len(base.architectures) * len(base.biases)
        True
    """
    return [base.trait(architecture, bias) for architecture in base.architectures for bias in base.biases]


def edges(base: Base) -> list[Edge]:
    """Return every relation of the graph.

    Examples:
        >>> import kb
        >>> Edge("lstm", "specialises", "recurrent-network", "") in edges(kb.load())
        True
    """
    found = base.graph.edges(data=True)
    return [Edge(start, data["relation"], end, reason(data)) for start, end, data in found]


def findings(base: Base) -> list[Finding]:
    """Return what measurements showed, entry by entry.

    Examples:
        >>> import kb
        >>> found = findings(kb.load())
        >>> [each.value for each in found if (each.entry, each.name, each.place) == ("lstm", "causality", "default")]
        ['holds']
    """
    return [finding for entry_id in base.evidence for finding in _of(base, entry_id)]


def _of(base: Base, entry_id: str) -> Iterator[Finding]:
    record = base.evidence[entry_id]
    for variant, size in record.variants.items():
        yield Finding(entry_id, "size", "parameters", variant, str(size.parameters))
    for trait in record.traits:
        error = None if math.isnan(trait.error) else trait.error
        yield Finding(entry_id, "trait", trait.bias, trait.variant, trait.value, error, trait.tolerance)
    for case in record.peer.compared if record.peer else ():
        yield Finding(entry_id, "peer", "agreement", case.case, "agrees" if case.met else "differs", case.error)
    for check in record.checks:
        value = "holds" if check.met else "fails"
        yield Finding(entry_id, "check", check.check, "", value, check.error, check.tolerance)
    if record.claim:
        yield Finding(entry_id, "claim", "", "", record.claim.verdict)

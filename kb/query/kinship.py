"""Relatives among architectures: who stands near whom, which pairs are compared, what leads from one to another."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from kb.base import Base
from kb.premises import supported
from kb.query.related import Related, related
from kb.relations import having

if TYPE_CHECKING:
    import networkx as nx

KINSHIP = {*having("descent"), *having("exact"), "distinct-from"}
HISTORY = ("specialises", "stack-of", "derives-from")
"""Relations without a condition, which entries state of each other."""

Edge = tuple[str, str, dict[str, Any]]


def kin(base: Base, architecture: str) -> list[Related]:
    """Return the relations to other architectures, one for each of these, the most informative first.

    Raises:
        NoSuchEntryError: The id is unknown.

    Examples:
        >>> import kb
        >>> [(relative.words, relative.other) for relative in kin(kb.load(), "gru")][:2]
        [('specialises', 'recurrent-network'), ('derives from', 'lstm')]
    """
    found: dict[str, Related] = {}
    for item in related(base, architecture):
        if item.relation in KINSHIP and item.other in base.architectures and item.other != architecture:
            known = found.setdefault(item.other, item)
            if item.reason and not known.reason and item.relation in having("descent"):
                found[item.other] = item  # the one that says what was changed
    return list(found.values())


def pairs(base: Base) -> list[tuple[str, str]]:
    """Return the pairs of architectures that a reader compares: relatives, and those of which a claim speaks together.

    The older of the two comes first.

    Examples:
        >>> import kb
        >>> ("lstm", "gru") in pairs(kb.load())
        True
    """
    found = {_by_year(base, one, item.other) for one in base.architectures for item in kin(base, one)}
    for claim in base.claims.values():
        about = [str(entry_id) for entry_id in claim.about if entry_id in base.architectures]
        found |= {_by_year(base, one, other) for one in about for other in about if one != other}
    return sorted(found)


def _by_year(base: Base, one: str, other: str) -> tuple[str, str]:
    first, second = sorted((one, other), key=lambda entry_id: (base[entry_id].year or 0, entry_id))
    return first, second


def edges(base: Base) -> Iterator[Edge]:
    """Yield the relations that tell where something comes from: those of history, and the exact ones that were checked.

    A chain of them explains how two entries are related; the map of relations draws no others.
    """
    return among(base.graph, supported(base))


def among(graph: nx.MultiDiGraph[str], claims: Collection[str]) -> Iterator[Edge]:
    """Yield those relations of a graph, the exact ones as far as some claims state them."""
    exact = having("exact")
    for start, end, data in graph.edges(data=True):
        if data["relation"] in HISTORY or (data["relation"] in exact and data["claim"] in claims):
            yield start, end, data

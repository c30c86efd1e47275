"""How two entries hang together: the shortest chain of relations that a person can follow."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import networkx as nx

from kb.query.wording import reason, worded

if TYPE_CHECKING:
    from kb.base import KnowledgeBase

WEIGHTS = {
    "special-case-of": 1.0,
    "equivalent-to": 1.0,
    "limit-of": 1.0,
    "can-represent": 1.0,
    "cannot-represent": 1.0,
    "specialises": 1.0,
    "parts": 1.5,
    "broader": 1.5,
    "requires": 2.0,
    "implies": 2.0,
    "exhibits": 2.5,
    "lacks": 3.0,
    "introduced-by": 4.0,
    "cites": 5.0,
    "sections": 6.0,
}
"""Lower is more telling: an exact relation explains more than a citation in common."""
OTHER_WEIGHT = 2.5
PER_HOP = 0.01
"""So that of two chains that tell as much the shorter one is taken."""


@dataclass(frozen=True)
class Hop:
    """One step of a route.

    Args:
        start: The entry left.
        relation: How it stands to `end`, in words.
        end: The entry reached.
        inverse: How `end` stands to `start`.
        because: The role, reason, condition or place that the relation comes with.
    """

    start: str
    relation: str
    end: str
    inverse: str
    because: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the step as a JSON-ready dictionary."""
        return asdict(self)


def route(base: KnowledgeBase, start: str, goal: str) -> list[Hop]:
    """Return the most telling chain of relations from one entry to another; empty if there is none.

    Relations are followed in both directions and worded accordingly.

    Raises:
        NoSuchEntryError: An id is unknown.

    Examples:
        >>> import kb
        >>> kb.load().route("lstm", "gru")[0].relation
        'specialises'
    """
    first, last = base[start].id, base[goal].id
    simple: nx.Graph[str] = nx.Graph()
    for left, right, data in base.graph.edges(data=True):
        weight = WEIGHTS.get(data["relation"], OTHER_WEIGHT) + PER_HOP
        if left != right and (not simple.has_edge(left, right) or weight < simple[left][right]["weight"]):
            simple.add_edge(left, right, weight=weight, start=left, data=data)
    if first not in simple or last not in simple or not nx.has_path(simple, first, last):
        return []
    nodes = nx.shortest_path(simple, first, last, weight="weight")
    return [_hop(simple[left][right], left, right) for left, right in pairwise(nodes)]


def _hop(edge: dict[str, Any], left: str, right: str) -> Hop:
    relation, backwards = edge["data"]["relation"], edge["start"] != left
    forth, back = worded(relation, backwards=backwards), worded(relation, backwards=not backwards)
    return Hop(left, forth, right, back, reason(edge["data"]))

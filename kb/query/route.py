"""How two entries are related: the shortest chain of relations that a person can follow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import networkx as nx

from kb.base import Base
from kb.query.kinship import Edge
from kb.query.related import reason
from kb.relations import RELATIONS, worded

PER_HOP = 0.01
"""So that of two equally informative chains the shorter one is taken."""


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


def route(base: Base, start: str, goal: str, over: Iterable[Edge] | None = None) -> list[Hop]:
    """Return the most informative chain of relations from one entry to another; empty if there is none.

    Relations are followed in both directions and worded accordingly.

    Args:
        base: The knowledge base.
        start: An id.
        goal: Another id.
        over: The relations to follow; all of them if None.

    Raises:
        NoSuchEntryError: An id is unknown.

    Examples:
        >>> import kb
        >>> kb.load().route("lstm", "gru")[0].relation
        'led to'
    """
    first, last = base[start].id, base[goal].id
    simple: nx.Graph[str] = nx.Graph()
    for left, right, data in base.graph.edges(data=True) if over is None else over:
        weight = RELATIONS[data["relation"]].weight + PER_HOP
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

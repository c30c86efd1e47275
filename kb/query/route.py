"""How two entries are related: the shortest chain of relations that a person can follow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import networkx as nx

from kb.base import Base
from kb.graph import kept
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


def route(base: Base, start: str, goal: str) -> list[Hop]:
    """Return the most informative chain of relations from one entry to another; empty if there is none.

    Relations are followed in both directions and worded accordingly.

    Raises:
        NoSuchEntryError: An id is unknown.

    Examples:
        >>> import kb
        >>> kb.load().route("lstm", "gru")[0].relation
        'led to'
    """
    return shortest(_steps(base.graph), base[start].id, base[goal].id)


@kept
def _steps(graph: nx.MultiDiGraph[str]) -> nx.Graph[str]:
    return followed(graph.edges(data=True))


def followed(edges: Iterable[Edge]) -> nx.Graph[str]:
    """Return the graph in which chains are sought: of the relations between two entries the most informative."""
    steps: nx.Graph[str] = nx.Graph()
    for left, right, data in edges:
        weight = RELATIONS[data["relation"]].weight + PER_HOP
        if left != right and (not steps.has_edge(left, right) or weight < steps[left][right]["weight"]):
            steps.add_edge(left, right, weight=weight, start=left, data=data)
    return steps


def shortest(steps: nx.Graph[str], first: str, last: str) -> list[Hop]:
    """Return the chain from one entry to another in such a graph; empty if there is none."""
    if first not in steps or last not in steps:
        return []
    try:
        _, nodes = nx.bidirectional_dijkstra(steps, first, last)
    except nx.NetworkXNoPath:
        return []
    return [_hop(steps[left][right], left, right) for left, right in pairwise(nodes)]


def _hop(edge: dict[str, Any], left: str, right: str) -> Hop:
    relation, backwards = edge["data"]["relation"], edge["start"] != left
    forth, back = worded(relation, backwards=backwards), worded(relation, backwards=not backwards)
    return Hop(left, forth, right, back, reason(edge["data"]))

"""What to understand first, in an order in which it can be read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

import networkx as nx

from kb.base import Base
from kb.graph import subgraph
from kb.query.related import reason
from kb.relations import having, rank


@dataclass(frozen=True)
class Prerequisite:
    """An entry to understand first.

    Args:
        id: The entry.
        needed_for: The entry that needs it directly.
        because: Why.
    """

    id: str
    needed_for: str
    because: str

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as a JSON-ready dictionary."""
        return asdict(self)


def prerequisites(base: Base, entry_id: str) -> list[Prerequisite]:
    """Return everything that an entry needs, directly or not: each item after all that it needs itself.

    A concept needs what it `requires`; an architecture needs its parts, and what it specialises or is a stack of.

    Raises:
        NoSuchEntryError: The id is unknown.

    Examples:
        >>> import kb
        >>> "chain-rule" in [item.id for item in kb.load().prerequisites("backpropagation")]
        True
    """
    start = base[entry_id].id
    needs = subgraph(base.graph, having("needed"))
    reached = dict.fromkeys([start, *(end for _, end in nx.bfs_edges(needs, start))])  # a set has no order
    within: nx.DiGraph[str] = nx.DiGraph()
    within.add_nodes_from(reached)
    within.add_edges_from((end, begin) for begin, end in needs.edges(reached))
    order = nx.topological_sort(within)
    return [_prerequisite(needs, node, reached, start) for node in order if node != start]


def _prerequisite(needs: nx.MultiDiGraph[str], node: str, reached: Collection[str], start: str) -> Prerequisite:
    """Say what an item is needed for: for the entry asked about if that needs it directly, else for one in between."""
    edges = [edge for edge in needs.in_edges(node, data=True) if edge[0] in reached]
    user, _, data = min(edges, key=lambda edge: (edge[0] != start, _explains(edge[2]["relation"])))
    descriptions = {"specialises": f"{user} is a case of it", "parts": f"a part: {data.get('role', '')}"}
    return Prerequisite(node, user, descriptions.get(data["relation"]) or reason(data))


def _explains(relation: str) -> tuple[bool, int]:
    """The order in which relations are named: first those that state a reason."""
    return relation != "requires", rank(relation)

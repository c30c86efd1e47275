"""What to understand first, in an order in which it can be read."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import networkx as nx

from kb.graph import subgraph
from kb.schema import Architecture

if TYPE_CHECKING:
    from kb.base import KnowledgeBase


@dataclass(frozen=True)
class Prerequisite:
    """A concept to understand first.

    Args:
        id: The concept.
        needed_for: The entry that needs it directly.
        because: Why.
    """

    id: str
    needed_for: str
    because: str

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as a JSON-ready dictionary."""
        return asdict(self)


def prerequisites(base: KnowledgeBase, entry_id: str) -> list[Prerequisite]:
    """Return everything that an entry needs, directly or not: each item after all that it needs itself.

    An architecture needs its parts, and what they need.

    Raises:
        NoSuchEntryError: The id is unknown.
    """
    entry = base[entry_id]
    needs = subgraph(base.graph, ["requires"])
    for part in entry.parts if isinstance(entry, Architecture) else ():
        needs.add_edge(entry.id, str(part.component), relation="parts", because=f"a part: {part.role}")
    reached = nx.descendants(needs, entry.id)
    order = [node for node in nx.topological_sort(needs.reverse()) if node in reached]
    found = []
    for node in order:
        user, data = next(
            (user, data)
            for user, _, data in sorted(needs.in_edges(node, data=True), key=lambda edge: edge[0] != entry.id)
            if user in reached or user == entry.id
        )
        found.append(Prerequisite(node, user, data.get("because", "")))
    return found

"""What an entry came from, and what came from it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import networkx as nx

from kb.graph import subgraph

if TYPE_CHECKING:
    from kb.base import KnowledgeBase

DESCENT = ("specialises", "special-case-of", "broader")


@dataclass(frozen=True)
class Lineage:
    """Ancestors and descendants over is-a and exact special cases, oldest first.

    Args:
        entry: The entry asked about.
        ancestors: What it is a special case of, directly or not, as `(id, year)`.
        descendants: What is a special case of it.
    """

    entry: str
    ancestors: tuple[tuple[str, int | None], ...]
    descendants: tuple[tuple[str, int | None], ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the lineage as a JSON-ready dictionary."""
        return asdict(self)


def lineage(base: KnowledgeBase, entry_id: str) -> Lineage:
    """Return the ancestors and descendants of an entry.

    Raises:
        NoSuchEntryError: The id is unknown.

    Example:
        >>> import kb
        >>> [name for name, year in kb.load().lineage("gru").ancestors]
        ['recurrent-network']
    """
    entry = base[entry_id]
    graph = subgraph(base.graph, DESCENT)

    def dated(ids: set[str]) -> tuple[tuple[str, int | None], ...]:
        return tuple(sorted(((name, base[name].year) for name in ids), key=lambda item: (item[1] or 0, item[0])))

    return Lineage(entry.id, dated(nx.descendants(graph, entry.id)), dated(nx.ancestors(graph, entry.id)))

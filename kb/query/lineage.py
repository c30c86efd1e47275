"""What an entry came from, and what came from it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import networkx as nx

from kb.graph import subgraph
from kb.query.wording import worded

if TYPE_CHECKING:
    from kb.base import KnowledgeBase

DESCENT = ("specialises", "special-case-of", "broader")


@dataclass(frozen=True)
class Relative:
    """An ancestor or a descendant.

    Args:
        id: The entry.
        year: When it was introduced, where that is known.
        introduced_by: The paper that did.
        relation: How it stands to `of`, the next entry on the way to the one asked about.
        of: That entry.
    """

    id: str
    year: int | None
    introduced_by: str | None
    relation: str
    of: str


@dataclass(frozen=True)
class Lineage:
    """Ancestors and descendants over is-a and exact special cases, oldest first.

    Args:
        entry: The entry asked about.
        ancestors: What it is a special case of, directly or not.
        descendants: What is a special case of it.
    """

    entry: str
    ancestors: tuple[Relative, ...]
    descendants: tuple[Relative, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the lineage as a JSON-ready dictionary."""
        return asdict(self)


def lineage(base: KnowledgeBase, entry_id: str) -> Lineage:
    """Return the ancestors and descendants of an entry.

    Raises:
        NoSuchEntryError: The id is unknown.

    Examples:
        >>> import kb
        >>> [relative.id for relative in kb.load().lineage("gru").ancestors]
        ['recurrent-network', 'graph-network']
    """
    start = base[entry_id].id
    graph = subgraph(base.graph, DESCENT)
    return Lineage(start, _relatives(base, graph, start, upwards=True), _relatives(base, graph, start, upwards=False))


def _relatives(base: KnowledgeBase, graph: nx.MultiDiGraph[str], start: str, *, upwards: bool) -> tuple[Relative, ...]:
    """Walk from the start, nearest first, so that each relative is told by its shortest connection."""
    found = []
    for nearer, further in nx.bfs_edges(graph, start, reverse=not upwards):
        edge = (nearer, further) if upwards else (further, nearer)
        names = {data["relation"] for data in graph.get_edge_data(*edge).values()}
        relation = next(name for name in DESCENT if name in names)
        entry = base[further]
        paper = getattr(entry, "introduced_by", None)
        found.append(Relative(entry.id, entry.year, paper and str(paper), worded(relation, backwards=upwards), nearer))
    return tuple(sorted(found, key=lambda relative: (relative.year or 0, relative.id)))

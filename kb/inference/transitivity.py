"""Rule 5: `specialises`, `special-case-of`, `broader`, `requires` and `causes` are transitive.

Sound because is-a and set inclusion are transitive, what is needed for a prerequisite is needed too, and what brings a
cause about brings its effect about. Queries use the closure; pictures draw the reduction, so that no arrow repeats what
two others say.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import networkx as nx

from kb.relations import having


def closure(graph: nx.MultiDiGraph[str], relation: str, start: str) -> list[str]:
    """Return all entries that `start` reaches over one transitive relation, nearest first.

    Raises:
        ValueError: The relation is not transitive.
    """
    if relation not in having("transitive"):
        raise ValueError(f"{relation!r} is not transitive; these are: {', '.join(having('transitive'))}")
    found, pending = {start: None}, deque([start])
    while pending:
        for _, end, data in graph.out_edges(pending.popleft(), data=True):
            if data["relation"] == relation and end not in found:
                found[end] = None
                pending.append(end)
    return list(found)[1:]


def reduction(graph: nx.MultiDiGraph[str], relation: str) -> nx.DiGraph[str]:
    """Return the smallest graph with the same closure; nodes without such an edge are left out."""
    simple = nx.DiGraph((u, v) for u, v, data in graph.edges(data=True) if data["relation"] == relation)
    return nx.transitive_reduction(simple)


def cycles(edges: Iterable[tuple[str, str, str]]) -> list[tuple[str, list[str]]]:
    """Return, for every relation that must be acyclic, one cycle of each tangled component.

    Args:
        edges: Triples of start, end and relation; relations that are not transitive are passed over.
    """
    graphs: dict[str, nx.DiGraph[str]] = {relation: nx.DiGraph() for relation in having("transitive")}
    for start, end, relation in edges:
        if relation in graphs:
            graphs[relation].add_edge(start, end)
    found = []
    for relation, simple in graphs.items():
        for component in nx.strongly_connected_components(simple):
            part = simple.subgraph(component)
            if len(component) > 1 or part.number_of_edges():
                cycle = nx.find_cycle(part)
                found.append((relation, [cycle[0][0], *(edge[1] for edge in cycle)]))
    return found

"""Rule 5: `specialises`, `special-case-of`, `broader`, `requires` and `causes` are transitive.

Sound because is-a and set inclusion are transitive, what is needed for a prerequisite is needed too, and what brings a
cause about brings its effect about. Queries use the closure; pictures draw the reduction, so that no arrow repeats what
two others say.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from kb.relations import having

if TYPE_CHECKING:
    import networkx as nx


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
    import networkx as nx

    simple = nx.DiGraph((u, v) for u, v, data in graph.edges(data=True) if data["relation"] == relation)
    return nx.transitive_reduction(simple)


def cycles(edges: Iterable[tuple[str, str, str]]) -> list[tuple[str, list[str]]]:
    """Return, for every relation that must be acyclic, one cycle of each tangled component.

    Args:
        edges: Triples of start, end and relation; relations that are not transitive are passed over.
    """
    successors: dict[str, dict[str, list[str]]] = {relation: {} for relation in having("transitive")}
    for start, end, relation in edges:
        if relation in successors:
            successors[relation].setdefault(start, []).append(end)
    return [(relation, cycle) for relation, ends in successors.items() for cycle in _cycles(ends)]


def _cycles(successors: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """Yield a cycle of each tangled component; mostly there is none, which is quickly seen."""
    if _is_acyclic(successors):
        return
    import networkx as nx

    simple = nx.DiGraph((start, end) for start, ends in successors.items() for end in ends)
    for component in nx.strongly_connected_components(simple):
        part = simple.subgraph(component)
        if len(component) > 1 or part.number_of_edges():
            cycle = nx.find_cycle(part)
            yield [cycle[0][0], *(edge[1] for edge in cycle)]


def _is_acyclic(successors: Mapping[str, list[str]]) -> bool:
    """Whether all can be taken away one by one, always one to which nothing leads that is left."""
    leading = Counter(end for ends in successors.values() for end in ends)
    free = [start for start in successors if start not in leading]
    while free:
        for end in successors.get(free.pop(), ()):
            leading[end] -= 1
            if not leading[end]:
                free.append(end)
    return not any(leading.values())

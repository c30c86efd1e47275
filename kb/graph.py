"""The knowledge base as a `networkx` graph: a node an entry, an edge a reference.

An edge is called after the field that holds it (`introduced_by` gives `introduced-by`) and carries the other fields of
the same item (`role`, `because`, `variant`, ...). References inside a `Source` become `cites`; claims and theorems
relate two other entries. `kb.relations` says what relations are called and good for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from kb.schema import Claim, Entry, Source, Theorem
from kb.schema.architecture import Part
from kb.schema.common import Model, Path, Ref

if TYPE_CHECKING:
    import networkx as nx


def build(entries: Mapping[str, Entry]) -> nx.MultiDiGraph[str]:
    """Return the graph of all entries.

    Args:
        entries: Entries by id.

    Returns:
        A `MultiDiGraph` whose nodes have `kind`, `name`, `group` and `year`, and whose edges have `relation`
        and the other fields of the item that holds the reference.
    """
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for entry in entries.values():
        graph.add_node(entry.id, kind=entry.kind, name=entry.title, group=entry.group, year=entry.year)
    for entry in entries.values():
        graph.add_edges_from(_edges(entry))
    return graph


def relations(entries: Iterable[Entry]) -> Iterator[tuple[str, str, str]]:
    """Yield `(start, end, relation)` for every edge, without building a graph."""
    for entry in entries:
        for path, ref in entry.refs():
            yield entry.id, str(ref), _named(path[0])
        if type(entry) is Claim and entry.relation:  # an `isinstance` of pydantic's takes long
            yield str(entry.relation.subject), str(entry.relation.object), entry.relation.kind
        elif type(entry) is Theorem and (relation := _implication(entry)):
            yield str(entry.premises[0].bias), str(entry.conclusion.bias), relation


@cache
def _named(field: str | int) -> str:
    """Return what the edges are called that come from a field."""
    return str(field).replace("_", "-")


def _edges(entry: Entry) -> Iterable[tuple[str, str, dict[str, Any]]]:
    for path, ref in entry.refs():
        holder = _holder(entry, path)
        if isinstance(entry, Claim) and path[0] == "relation":
            continue
        relation = "cites" if type(holder) is Source else _named(path[0])
        yield entry.id, str(ref), {"relation": relation, **_details(holder)}
    if isinstance(entry, Claim) and entry.relation:
        relation_ = entry.relation
        details = {"relation": relation_.kind, "when": relation_.when, "claim": entry.id}
        yield str(relation_.subject), str(relation_.object), details
    elif isinstance(entry, Theorem) and (relation := _implication(entry)):
        details = {"relation": relation, "theorem": entry.id, "because": entry.summary}
        yield str(entry.premises[0].bias), str(entry.conclusion.bias), details


def _implication(theorem: Theorem) -> str:
    """Return how two biases relate by a theorem about nothing else; empty where it is about more, or about lacks."""
    if len(theorem.premises) > 1 or theorem.premises[0].value == "lacks":
        return ""
    return "implies" if theorem.conclusion.value == "holds" else "excludes"


def _holder(entry: Entry, path: Path) -> Any:
    """The model, or the keyed value, that the reference at `path` is a field of."""
    holder: Any = entry
    for step in path[:-1]:
        holder = getattr(holder, str(step)) if isinstance(holder, Model) else holder[step]
    if isinstance(holder, dict):
        holder = holder[path[-1]]
    return holder


def _details(holder: Any) -> dict[str, Any]:
    """The plain fields beside a reference."""
    if not isinstance(holder, Model) or isinstance(holder, Entry):
        return {}
    fields = holder.__dict__.items()
    plain = {name: value for name, value in fields if isinstance(value, str) and not isinstance(value, Ref)}
    return plain | ({"standing": holder.standing} if isinstance(holder, Part) and holder.standing else {})


def subgraph(graph: nx.MultiDiGraph[str], relations: Iterable[str]) -> nx.MultiDiGraph[str]:
    """Return a view of the graph with the edges of the given relations only (all nodes stay)."""
    import networkx as nx

    chosen = set(relations)
    view: nx.MultiDiGraph[str] = nx.subgraph_view(
        graph, filter_edge=lambda u, v, key: graph.edges[u, v, key]["relation"] in chosen
    )
    return view

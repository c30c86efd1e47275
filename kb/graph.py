"""The knowledge base as a `networkx` graph: a node an entry, an edge a reference.

An edge is called after the field that holds it (`introduced_by` gives `introduced-by`) and carries the other fields of
the same item (`role`, `because`, `variant`, ...). References inside a `Source` become `cites`; claims and theorems
relate two other entries. `kb.relations` says what relations are called and good for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from kb.collecting import without_collector
from kb.schema import Claim, Entry, Source, Theorem
from kb.schema.architecture import Part
from kb.schema.frozen import Frozen
from kb.schema.model import Model, Path, Ref

if TYPE_CHECKING:
    import networkx as nx


@without_collector()
def build(entries: Mapping[str, Entry]) -> nx.MultiDiGraph[str]:
    """Return the graph of all entries. It cannot change, nor can what nodes and edges carry: `graph.copy()` can.

    Args:
        entries: Entries by id.

    Returns:
        A `MultiDiGraph` whose nodes have `kind`, `name` and `group`, `year` where it is known, and whose edges have
        `relation` and the other fields of the item that holds the reference. All values are texts and numbers, as
        every format of networkx can hold them.
    """
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for entry in entries.values():
        year = {} if entry.year is None else {"year": entry.year}
        graph.add_node(entry.id, kind=entry.kind, name=entry.title, group=entry.group, **year)
    for entry in entries.values():
        graph.add_edges_from(_edges(entry))
    return _frozen(graph)


class _Attributes(Frozen[str, Any]):
    """What a node or an edge carries. It has no hash, by which networkx tells a node with attributes from a node."""

    __hash__ = None  # type: ignore[assignment]


def _frozen(graph: nx.MultiDiGraph[str]) -> nx.MultiDiGraph[str]:
    """Freeze a graph; `nx.freeze` alone leaves open what nodes and edges carry."""
    import networkx as nx

    inside: Any = graph
    inside._node.update({node: _Attributes(data) for node, data in inside._node.items()})
    for neighbours in inside._adj.values():
        for edges in neighbours.values():
            edges.update({key: _Attributes(data) for key, data in edges.items()})
    frozen: nx.MultiDiGraph[str] = nx.freeze(graph)
    return frozen


P = ParamSpec("P")
T = TypeVar("T")


def kept(
    function: Callable[Concatenate[nx.MultiDiGraph[str], P], T],
) -> Callable[Concatenate[nx.MultiDiGraph[str], P], T]:
    """Keep what a function makes of a frozen graph, as long as there is the graph; a decorator."""
    known: WeakKeyDictionary[nx.MultiDiGraph[str], dict[Any, T]] = WeakKeyDictionary()

    @wraps(function)
    def keeping(graph: nx.MultiDiGraph[str], *args: P.args, **kwargs: P.kwargs) -> T:
        if not getattr(graph, "frozen", False):
            return function(graph, *args, **kwargs)
        made = known.setdefault(graph, {})
        key = args, tuple(kwargs.items())
        if key not in made:
            made.setdefault(key, function(graph, *args, **kwargs))
        return made[key]

    return keeping  # type: ignore[return-value]


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


@kept
def subgraph(graph: nx.MultiDiGraph[str], relations: tuple[str, ...]) -> nx.MultiDiGraph[str]:
    """Return the graph with the edges of the given relations only; all nodes stay."""
    import networkx as nx

    chosen: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    chosen.add_nodes_from(graph.nodes(data=True))
    edges = graph.edges(keys=True, data=True)
    for start, end, key, data in edges:
        if data["relation"] in relations:
            chosen.add_edge(start, end, key, **data)
    return _frozen(chosen)

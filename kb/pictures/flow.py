"""The flow of data in a network: what a trace shows once loops are closed, and views and constants are left out.

A node is a place in the code, however often it ran; an edge says that the result of one is used by the other. What a
round takes from an earlier round comes back over a recurrent edge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kb.links import PACKAGE
from kb.pictures.functions import DRAWN, FILLED, HOLDERS, INDEXED, JOINED, PASSED

if TYPE_CHECKING:
    from kb.pictures.tracing import Operand, Operation, Ref, Scope, Trace


@dataclass(frozen=True)
class Turn:
    """A place in a loop over several modules or weights, in the round of some of them."""

    site: Any
    whose: frozenset[str]


def untimed(scope: Scope) -> Scope:
    """Return a call of a module without the round in which it was made."""
    path, site = scope
    return path, site.site if isinstance(site, Turn) else site


@dataclass(frozen=True)
class Key:
    """What tells nodes apart: the calls of modules around it, the place in the code, and the name."""

    scopes: tuple[Scope, ...]
    site: Any
    name: str


@dataclass
class Node:
    """A place in the code that computes something, an input, an output, a weight or noise.

    Args:
        key: What tells it from others.
        kind: `op`, `in`, `out`, `weight` or `noise`.
        rounds: The operations of each round.
        weights: Parameters that it uses itself, by their full names.
    """

    key: Key
    kind: str
    rounds: list[int] = field(default_factory=list)
    weights: tuple[str, ...] = ()
    detail: str = ""
    numbers: int = 0


@dataclass(frozen=True)
class Edge:
    """A use of a result: by which node, in which shape, under which name, and whether in a later round."""

    start: Key
    end: Key
    recurrent: bool = False
    name: str = ""


@dataclass
class Flow:
    """Nodes in the order in which they first ran, and the shapes that pass along edges.

    `arguments` and `results` say what a called module calls the results of nodes that it gets, and its own.
    """

    nodes: dict[Key, Node] = field(default_factory=dict)
    edges: dict[Edge, tuple[int, ...]] = field(default_factory=dict)
    arguments: dict[Scope, dict[Key, str]] = field(default_factory=dict)
    results: dict[Scope, dict[Key, str]] = field(default_factory=dict)


def flow(trace: Trace) -> Flow:
    """Return the flow of data that a trace shows."""
    return _Reading(trace).flow()


class _Reading:
    """What follows from a trace, operation by operation."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.operations = trace.operations
        self.generating = self._what_modules_compute_with()
        self.data = self._depends_on_data()
        self._origins: dict[Ref, tuple[tuple[Ref, str], ...]] = {}
        self.const_weights: dict[int, frozenset[str]] = {}
        for index, operation in enumerate(self.operations):
            found = [self._weights_of(o.ref) for o in operation.operands]
            self.const_weights[index] = frozenset().union(*found)
        self._counts = Counter(operation.site for operation in self.operations)
        self._turns: dict[int, frozenset[str]] = {}
        self._call_turns: dict[int, frozenset[str]] = {}
        self._called_from: dict[Any, set[str]] = {}
        for operation in self.operations:
            for path, site in operation.scopes:
                self._called_from.setdefault(site, set()).add(path)
        calls = {(call, site) for o in self.operations for (_, site), call in zip(o.scopes, o.calls, strict=True)}
        self._call_counts = Counter(site for _, site in calls)
        self._taking_turns = self._sites_of_several_weights()
        self._take_turns()

    def _sites_of_several_weights(self) -> set[Any]:
        """The places in which every round uses weights, and not always the same: they are several, not one."""
        used: dict[Any, set[frozenset[str]]] = {}
        for index, operation in enumerate(self.operations):
            if self.data[index]:
                used.setdefault((operation.scopes, operation.site), set()).add(self._own_weights(index))
        return {place for place, found in used.items() if len(found) > 1 and frozenset() not in found}

    def _own_weights(self, index: int) -> frozenset[str]:
        """The parameters behind the constants that an operation uses."""
        return frozenset().union(*(self._weights_of(o.ref) for o in self.operations[index].operands))

    def _depends_on_data(self) -> list[bool]:
        """Whether each operation's result depends on an input, in any round of its loop."""
        sites: set[Any] = set()
        while True:
            found: list[bool] = []
            for operation in self.operations:
                used = any(found[o.ref[0]] if o.ref[0] >= 0 else self._is_input(o.ref) for o in operation.operands)
                random = operation.name in DRAWN
                found.append(
                    (used and operation.name not in FILLED) or random or (operation.scopes, operation.site) in sites
                )
            now = {(o.scopes, o.site) for o, data in zip(self.operations, found, strict=True) if data}
            if now == sites:
                return found
            sites = now

    def _what_modules_compute_with(self) -> frozenset[Ref]:
        """The parameters that a module of an entry gets as data: queries, or codes to make other weights from.

        A parametrisation gets parameters too: those of a layer, which is drawn with its weights.
        """
        found: set[Ref] = set()
        for (path, _), given in self.trace.arguments.items():
            if self.trace.classes[path].startswith(f"{PACKAGE}.") and ".parametrizations." not in path:
                found |= set(filter(self._is_weight, given))
        return frozenset(found)

    def _is_weight(self, ref: Ref) -> bool:
        return ref[0] < 0 and self.trace.sources[-1 - ref[0]][0].startswith("weight:")

    def _is_input(self, ref: Ref) -> bool:
        return ref in self.generating or (ref[0] < 0 and self.trace.sources[-1 - ref[0]][0].startswith("in:"))

    def _is_data(self, ref: Ref) -> bool:
        return self._is_input(ref) if ref[0] < 0 else self.data[ref[0]]

    def _weights_of(self, ref: Ref) -> frozenset[str]:
        """The parameters behind a constant, also where a view of it is data in another round."""
        if self._is_data(ref):
            if ref[0] < 0 or not self._is_passed(ref[0]):
                return frozenset()
            return self.const_weights[ref[0]]
        if ref[0] < 0:
            return frozenset([self.trace.sources[-1 - ref[0]][0].removeprefix("weight:")])
        return self.const_weights[ref[0]]

    def _is_passed(self, index: int) -> bool:
        """Whether an operation is left out: it changes the form only, or computes positions from positions."""
        operation = self.operations[index]
        used = [o for o in operation.operands if self._is_data(o.ref)]
        if operation.name in DRAWN:
            return False
        if operation.name in PASSED or operation.name == "setitem":
            return True
        if operation.name in INDEXED and len(used) < 2:
            return not (used and operation.floating and not self._is_floating(used[0].ref))
        if operation.name in JOINED:
            return not self._joins(operation)
        return not operation.floating and not any(self._is_floating(o.ref) for o in used)

    def _joins(self, operation: Operation) -> bool:
        """Whether a concatenation has parts from different places."""
        found = {self._place(ref) for o in operation.operands for ref, _ in self.origins(o.ref)}
        return len(found) > 1

    def _place(self, ref: Ref) -> Any:
        if ref[0] < 0:
            return ref
        return self.operations[ref[0]].scopes, self.operations[ref[0]].site

    def _is_floating(self, ref: Ref) -> bool:
        return self.trace.sources[-1 - ref[0]][2] if ref[0] < 0 else self.operations[ref[0]].floating

    def origins(self, ref: Ref) -> tuple[tuple[Ref, str], ...]:
        """What a tensor comes from, past all that is left out, and what the code calls the slice that it is."""
        if ref not in self._origins:
            self._origins[ref] = tuple(dict.fromkeys(self._find_origins(ref)))
        return self._origins[ref]

    def _find_origins(self, ref: Ref) -> Iterator[tuple[Ref, str]]:
        index, number = ref
        if not self._is_data(ref):
            return
        if index < 0 or not self._is_passed(index):
            yield ref, _slice_name(self.operations[index], number) if index >= 0 else ""
            return
        operation = self.operations[index]
        name = _slice_name(operation, number)
        for operand in operation.operands:
            for origin, below in self.origins(operand.ref):
                yield origin, name or below

    def _key_of(self, ref: Ref) -> Key:
        if ref[0] < 0:
            return source_key(self.trace.sources[-1 - ref[0]][0])
        operation = self.operations[ref[0]]
        turn = self._turns[ref[0]]
        site = Turn(operation.site, turn) if turn else operation.site
        scopes = [
            (path, Turn(place, self._call_turns[call]) if self._call_turns.get(call) else place)
            for (path, place), call in zip(operation.scopes, operation.calls, strict=True)
        ]
        return Key((*scopes, *self._owner(ref[0])), site, operation.name)

    def _take_turns(self) -> None:
        """Find the rounds of loops over several modules or weights: they are nodes of their own, not rounds of one.

        Such a round is known by the modules or weights whose turn it is, and what uses its results is of it too.
        """
        for index, operation in enumerate(self.operations):
            if not self.data[index]:
                continue
            own = (operation.scopes, operation.site) in self._taking_turns
            found = set(self._own_weights(index)) if own else set()
            for operand in operation.operands:
                for (before, _), _ in self.origins(operand.ref):
                    if 0 <= before < index:
                        self._pass_turn(index, before, found)
            self._turns[index] = frozenset(found) if self._counts[operation.site] > 1 else frozenset()

    def _pass_turn(self, index: int, before: int, found: set[str]) -> None:
        """Add whose turn it is by a result that an operation uses: to it, or to the call in which it stands."""
        here, there = self.operations[index], self.operations[before]
        depth = next(
            (n for n, (a, b) in enumerate(zip(here.calls, there.calls, strict=False)) if a != b),
            min(len(here.calls), len(there.calls)),
        )
        turn: set[str] = set()
        if len(there.scopes) > depth:
            path, site = there.scopes[depth]
            turn |= {path} if len(self._called_from[site]) > 1 else set(self._call_turns.get(there.calls[depth], ()))
        elif self._counts[there.site] == self._counts[here.site]:
            turn |= self._turns[before]
        if len(here.scopes) > depth:
            path, site = here.scopes[depth]
            if len(self._called_from[site]) == 1 and self._call_counts[site] > 1:
                self._call_turns[here.calls[depth]] = self._call_turns.get(here.calls[depth], frozenset()) | turn
        else:
            found |= turn

    def _owner(self, index: int) -> tuple[Scope, ...]:
        """The module whose weights an operation uses in its place: one that is not called, or only for its weights."""
        operation = self.operations[index]
        here = [path for path, _ in operation.scopes]
        owners = {self._holder(weight) for weight in self._own_weights(index)}
        if len(owners) != 1:
            return ()
        (owner,) = owners
        inside = not here or owner.startswith(f"{here[-1]}.")
        if not owner or owner in here or not inside or owner in self._called:
            return ()
        return ((owner, operation.site),)

    def _holder(self, weight: str) -> str:
        """The module that has a parameter, itself, in a list, or behind a parametrisation."""
        path = (
            weight.partition(".parametrizations.")[0] if ".parametrizations." in weight else weight.rpartition(".")[0]
        )
        held = self.trace.classes.get(path, "").startswith(HOLDERS)
        return path.rpartition(".")[0] if held else path

    @cached_property
    def _called(self) -> set[str]:
        """The modules in which something is computed from data."""
        pairs = zip(self.operations, self.data, strict=True)
        return {path for operation, data in pairs if data for path, _ in operation.scopes}

    def flow(self) -> Flow:
        """Join the operations of each place into a node."""
        self.found = Flow()
        for number, (name, *_) in enumerate(self.trace.sources):
            if name.startswith("in:") or (-1 - number, 0) in self.generating:
                self._node(source_key(name), name.partition(":")[0])
        for index, operation in enumerate(self.operations):
            if self.data[index] and not self._is_passed(index):
                key = self._key_of((index, 0))
                node = self._node(key, "noise" if operation.name in DRAWN else "op")
                node.rounds.append(index)
                node.detail, node.numbers = operation.detail, operation.numbers
        for key, node in list(self.found.nodes.items()):
            for number, index in enumerate(node.rounds):
                for operand in self.operations[index].operands:
                    self._connect(key, node, number, operand)
        for name, operand in self.trace.outputs.items():
            key = source_key(f"out:{name}")
            self._node(key, "out")
            for ref, slice_name in self.origins(operand.ref):
                self.found.edges.setdefault(Edge(self._key_of(ref), key, name=slice_name), operand.shape)
        self._drop_dead_ends()
        self.found.arguments = self._named(self.trace.arguments)
        self.found.results = self._named(self.trace.results)
        return self.found

    def _drop_dead_ends(self) -> None:
        """Leave out what no output depends on, such as the test that ends a loop."""
        before: dict[Key, set[Key]] = {}
        for edge in self.found.edges:
            before.setdefault(edge.end, set()).add(edge.start)
        needed: set[Key] = set()
        pending = [key for key, node in self.found.nodes.items() if node.kind == "out"]
        while pending:
            key = pending.pop()
            if key not in needed:
                needed.add(key)
                pending.extend(before.get(key, ()))
        self.found.nodes = {key: node for key, node in self.found.nodes.items() if key in needed}
        self.found.edges = {e: s for e, s in self.found.edges.items() if e.start in needed and e.end in needed}

    def _named(self, named: dict[Scope, dict[Ref, str]]) -> dict[Scope, dict[Key, str]]:
        """Return names by the nodes that they are of; of one with several names, all."""
        found: dict[Scope, dict[Key, str]] = {}
        for scope, names in named.items():
            inside = found.setdefault(scope, {})
            for ref, name in names.items():
                for origin, _ in self.origins(ref):
                    known = inside.get(key := self._key_of(origin), name)
                    inside[key] = known if name in known.split(", ") else f"{known}, {name}"
        return found

    def _node(self, key: Key, kind: str) -> Node:
        return self.found.nodes.setdefault(key, Node(key, kind))

    def _connect(self, key: Key, node: Node, number: int, operand: Operand) -> None:
        """Add the edges from what an operand comes from, or the weights behind it."""
        for ref, name in self.origins(operand.ref):
            start = self._key_of(ref)
            recurrent = self._comes_back(self.found.nodes[start], ref[0], node, number)
            self.found.edges.setdefault(Edge(start, key, recurrent, name), operand.shape)
        weights = self._weights_of(operand.ref)
        if weights:
            here = key.scopes[-1][0] if key.scopes else ""
            outside = [w for w in weights if here and not w.startswith(f"{here}.")]
            some = len(node.rounds) > 1 and number == 0 and not self._has_weights(node, number + 1, weights)
            if outside or some:
                for weight in sorted(outside or weights):
                    start = source_key(f"weight:{weight}")
                    self._node(start, "weight")
                    self.found.edges.setdefault(Edge(start, key), operand.shape)
            own = weights.difference(outside) if outside or not some else ()
            node.weights = tuple(dict.fromkeys([*node.weights, *sorted(own)]))

    def _has_weights(self, node: Node, number: int, weights: Iterable[str]) -> bool:
        """Whether an operation uses the same weights in another round."""
        used = {w for o in self.operations[node.rounds[number]].operands for w in self._weights_of(o.ref)}
        return set(weights) <= used

    def _comes_back(self, start: Node, index: int, end: Node, number: int) -> bool:
        """Whether a result is used in a later round than the one in which it was made."""
        if index < 0 or start.kind != "op":
            return False
        if start is end or start.rounds[0] > end.rounds[0]:
            return True
        return len(start.rounds) == len(end.rounds) and start.rounds.index(index) < number


def source_key(name: str) -> Key:
    """Return the key of an input (`in:x`), an output (`out:y`) or a weight (`weight:row`)."""
    return Key((), (), name)


def _slice_name(operation: Operation, number: int) -> str:
    """Return what the code calls one of several results; empty where it names them as one, or not at all."""
    names = list(operation.names)
    if len(names) < 2:
        return ""
    starred = next((place for place, name in enumerate(names) if name.startswith("*")), None)
    if starred is not None:
        more = len(operation.shapes) - len(names) + 1
        names[starred : starred + 1] = [names[starred][1:]] * more
    return names[number] if number < len(names) and len(names) == len(operation.shapes) else ""

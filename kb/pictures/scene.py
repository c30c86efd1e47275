"""One picture of a module: which calls inside it are opened, and the boxes, frames and arrows that this gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from kb.pictures.flow import Edge, Flow, Key, source_key, untimed
from kb.pictures.folding import Folder, Repeat

if TYPE_CHECKING:
    from kb.pictures.tracing import Scope

Scopes = tuple["Scope", ...]
"""A call by all the calls that it is in, and itself."""


@dataclass
class Item:
    """What stands at one place of a picture: a box, or a frame around others.

    Args:
        scopes: The call, of a box or a frame that is one.
        keys: The nodes in it.
        inside: What a frame holds; None for a box.
        times: How often it is repeated, side by side or in a row.
        rounds: How often it runs in one run of what it stands in.
        loop: Whether it is a frame around what one round of a loop does.
    """

    scopes: Scopes | None
    keys: list[Key]
    inside: list[Item] | None = None
    times: int = 1
    rounds: int = 1
    loop: bool = False


@dataclass
class Tree:
    """A call, the calls in it and its own operations, in the order in which they first ran."""

    scopes: Scopes
    units: dict[Key | Scope, Tree | Key] = field(default_factory=dict)

    @cached_property
    def keys(self) -> list[Key]:
        """All operations inside."""
        return [key for unit in self.units.values() for key in (unit.keys if isinstance(unit, Tree) else [unit])]

    def calls(self) -> Iterator[Tree]:
        """Yield the calls inside, outer ones first."""
        for unit in self.units.values():
            if isinstance(unit, Tree):
                yield unit
                yield from unit.calls()


def tree(flow: Flow) -> Tree:
    """Sort the operations of a flow into the calls in which they ran."""
    root = Tree(())
    for key, node in flow.nodes.items():
        if node.kind in ("op", "noise"):
            here = root
            for depth, scope in enumerate(key.scopes):
                found = here.units.setdefault(scope, Tree(key.scopes[: depth + 1]))
                assert isinstance(found, Tree)
                here = found
            here.units[key] = key
    return root


class Scene:
    """A picture of one call.

    Args:
        flow: The flow of the whole network.
        call: What the picture is of.
        opened: The calls inside it of which the content is shown.
        seen_through: Those of them that get no frame.
        folder: Finds repeats.
    """

    def __init__(
        self, flow: Flow, call: Tree, opened: frozenset[Scopes], seen_through: frozenset[Scopes], folder: Folder
    ) -> None:
        self.flow, self.call, self.opened, self.seen_through, self.folder = flow, call, opened, seen_through, folder
        self.stands_for: dict[Key, Key] = {}
        self.items = self._items(call)

    def _items(self, call: Tree) -> list[Item]:
        """Return what stands directly in a call, repeats folded and rounds of loops framed."""
        units = list(self._units(call))
        paths = [unit.scopes[-1][0] if isinstance(unit, Tree) else None for unit in units]
        rounds = self._rounds(call)
        items: list[Item] = []
        number = 0
        while number < len(units):
            found = self.folder.repeat([_keys(unit) for unit in units], paths, number)
            piece = units[number : number + found.length]
            self._fold(units, number, found)
            made = [self._item(unit, rounds) for unit in piece]
            if found.length > 1:
                made = [Item(None, [k for item in made for k in item.keys], made, found.times)]
            else:
                made[0].times = found.times
            items += made
            number += found.length * found.times
        return self._framed(items)

    def _units(self, call: Tree) -> Iterator[Tree | Key]:
        """Yield what a call consists of, with the content of what is seen through in place of it."""
        for unit in call.units.values():
            if isinstance(unit, Tree) and unit.scopes in self.opened and unit.scopes in self.seen_through:
                yield from self._units(unit)
            else:
                yield unit

    def _fold(self, units: Sequence[Tree | Key], first: int, found: Repeat) -> None:
        """Let the first piece of a repeat stand for the others."""
        length = found.length
        original = [key for unit in units[first : first + length] for key in _keys(unit)]
        for start in range(first + length, first + length * found.times, length):
            copy = [key for unit in units[start : start + length] for key in _keys(unit)]
            self.stands_for |= dict(zip(copy, original, strict=True))

    def _item(self, unit: Tree | Key, rounds: int) -> Item:
        if not isinstance(unit, Tree):
            return Item(None, [unit], rounds=_share(len(self.flow.nodes[unit].rounds), rounds))
        inside = self._items(unit) if unit.scopes in self.opened else None
        return Item(unit.scopes, unit.keys, inside, rounds=_share(self._rounds(unit), rounds))

    def _rounds(self, call: Tree) -> int:
        """How often a call runs; the root runs once."""
        own = [len(self.flow.nodes[unit].rounds) for unit in call.units.values() if not isinstance(unit, Tree)]
        inner = [self._rounds(unit) for unit in call.units.values() if isinstance(unit, Tree)]
        return min([*own, *inner], default=1) if call.scopes else 1

    def _framed(self, items: list[Item]) -> list[Item]:
        """Put what runs equally often, and is connected, into the frame of a loop."""
        groups: list[list[Item]] = []
        for item in items:
            if item.rounds > 1:
                near = [g for g in groups if abs(g[0].rounds - item.rounds) <= 1 and self._touch(g, item)]
                merged = [member for group in near for member in group] + [item]
                groups = [group for group in groups if group not in near] + [merged]
        framed: list[Item] = []
        for item in items:
            group = next((g for g in groups if item in g), None)
            if group is None or len(group) == len(items) == 1:
                framed.append(item)
            elif item is group[0]:
                keys = [key for member in group for key in member.keys]
                most = max(member.rounds for member in group)
                framed.append(Item(None, keys, group, rounds=most, loop=True))
        return framed

    def _touch(self, group: list[Item], item: Item) -> bool:
        inside = {key for member in group for key in member.keys}
        own = set(item.keys)
        edges = [e for key in item.keys for e in (*self.folder.into.get(key, ()), *self.folder.out_of.get(key, ()))]
        return any((e.start in own and e.end in inside) or (e.end in own and e.start in inside) for e in edges)

    # Boxes and arrows

    @cached_property
    def boxes(self) -> list[tuple[Item, tuple[Item, ...]]]:
        """The boxes, and the frames around each, outermost first."""
        return list(_boxes(self.items, ()))

    @cached_property
    def box_of(self) -> dict[Key, int]:
        """The number of the box in which an operation stands."""
        found = {key: number for number, (item, _) in enumerate(self.boxes) for key in item.keys}
        return found | {key: found[_last(self.stands_for, key)] for key in self.stands_for}

    @cached_property
    def inside(self) -> set[Key]:
        """The operations of the call."""
        return set(self.call.keys)

    @cached_property
    def wires(self) -> dict[Wire, Edge]:
        """The arrows, with an edge of the flow that each shows."""
        found: dict[Wire, Edge] = {}
        for edge in self.flow.edges:
            for wire in self._wires(edge):
                if wire.start != wire.end or wire.recurrent:
                    found.setdefault(wire, edge)
        return self._with_states(found)

    def _wires(self, edge: Edge) -> Iterator[Wire]:
        starts, ends = self._starts(edge), self._ends(edge)
        if edge.recurrent and edge.start in self.inside and edge.end in self.inside and self._argument(edge.start):
            given, made = (source_key(name) for name in self._state(edge.start))
            yield from (Wire(starts[0], made), Wire(made, given, True), Wire(given, ends[0]))
            return
        for start in starts:
            for end in ends:
                inner = isinstance(start, int) and isinstance(end, int)
                recurrent = edge.recurrent and inner
                if inner and not recurrent and self._is_passed_on(edge):
                    continue
                yield Wire(start, end, recurrent, edge.name)

    def _is_passed_on(self, edge: Edge) -> bool:
        """Whether an edge leads from one piece of a repeat to the next, which its number says already."""
        first, second = _last(self.stands_for, edge.start), _last(self.stands_for, edge.end)
        return (
            (edge.start != first or edge.end != second)
            and self._piece(edge.start) != self._piece(edge.end)
            and (self._same_repeat(first, second))
        )

    def _piece(self, key: Key) -> tuple[int, ...]:
        """Which copy of what it stands for an operation is."""
        copies = []
        while key in self.stands_for:
            copies.append(self._copies[key])
            key = self.stands_for[key]
        return tuple(copies)

    @cached_property
    def _copies(self) -> dict[Key, int]:
        counts: dict[Key, int] = {}
        found: dict[Key, int] = {}
        for copy, original in self.stands_for.items():
            counts[original] = counts.get(original, 0) + 1
            found[copy] = counts[original]
        return found

    def _same_repeat(self, first: Key, second: Key) -> bool:
        repeated = [item for item in _all(self.items) if item.times > 1]
        return any(first in item.keys and second in item.keys for item in repeated)

    def _starts(self, edge: Edge) -> list[int | Key]:
        if edge.start in self.inside:
            return [self.box_of[edge.start]]
        if edge.end not in self.inside:
            return []
        if not self.call.scopes:
            return [edge.start]
        if self.flow.nodes[edge.start].kind == "weight":
            return [edge.start]
        return [source_key(f"in:{self._argument(edge.start) or _plain(edge.start.name)}")]

    def _argument(self, key: Key) -> str:
        """What the call gets a result as; empty where it does not get it."""
        return self.flow.arguments.get(untimed(self.call.scopes[-1]), {}).get(key, "") if self.call.scopes else ""

    def _ends(self, edge: Edge) -> list[int | Key]:
        if edge.end in self.inside:
            return [self.box_of[edge.end]]
        if edge.start not in self.inside:
            return []
        if not self.call.scopes:
            return [edge.end]
        return [source_key(f"out:{self._result(edge.start)}")]

    def _state(self, key: Key) -> tuple[str, str]:
        """The input and the output of a call that are one state, which it gets back in the next round."""
        return f"in:{self._argument(key)}", f"out:{self._result(key)}"

    def _result(self, key: Key) -> str:
        return self.flow.results.get(untimed(self.call.scopes[-1]), {}).get(key) or self._argument(key) or "y"

    def _with_states(self, wires: dict[Wire, Edge]) -> dict[Wire, Edge]:
        """Let a state that is given and returned under one name come back from output to input."""
        found = dict(wires)
        feeds: dict[Key, set[int | Key]] = {}
        for wire in wires:
            if isinstance(wire.start, Key):
                feeds.setdefault(wire.start, set()).add(wire.end)
        made = {w.end: w.start for w in wires if isinstance(w.end, Key)}
        for output, box in made.items():
            assert isinstance(output, Key)
            state = source_key(output.name.replace("out:", "in:", 1))
            back = [w for w in wires if w.recurrent and w.start == box]
            if state not in feeds or not back or not {w.end for w in back} <= feeds[state]:
                continue
            for wire in back:
                found.pop(wire, None)
            found[Wire(output, state, True)] = wires[back[0]]
        return found

    @cached_property
    def ends(self) -> list[Key]:
        """The inputs, weights and outputs that arrows lead from or to, in order."""
        used = {end for wire in self.wires for end in (wire.start, wire.end) if isinstance(end, Key)}
        known = [key for key in self.flow.nodes if key in used]
        return [*known, *sorted(used - set(known), key=lambda key: key.name)]

    @property
    def count(self) -> int:
        """How many boxes the picture has, inputs and outputs included."""
        return len(self.boxes) + len(self.ends)


@dataclass(frozen=True)
class Wire:
    """An arrow between boxes, which have numbers, and inputs, weights and outputs, which have keys."""

    start: int | Key
    end: int | Key
    recurrent: bool = False
    name: str = ""


def _plain(name: str) -> str:
    return name.partition(":")[2] or "x"


def _last(stands_for: dict[Key, Key], key: Key) -> Key:
    while key in stands_for:
        key = stands_for[key]
    return key


def _keys(unit: Tree | Key) -> list[Key]:
    return unit.keys if isinstance(unit, Tree) else [unit]


def _share(inner: int, outer: int) -> int:
    return max(1, round(inner / outer))


def _boxes(items: Sequence[Item], frames: tuple[Item, ...]) -> Iterator[tuple[Item, tuple[Item, ...]]]:
    for item in items:
        if item.inside is None:
            yield item, frames
        else:
            yield from _boxes(item.inside, (*frames, item))


def _all(items: Sequence[Item]) -> Iterator[Item]:
    for item in items:
        yield item
        yield from _all(item.inside or [])

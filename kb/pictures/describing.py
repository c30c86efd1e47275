"""A picture in plain data: boxes, frames and arrows with what the code calls them, and sizes in letters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kb.pictures.axes import Letters
from kb.pictures.flow import Edge, Flow, Key
from kb.pictures.levels import CONTAINERS, LIBRARIES, Levels, is_entry
from kb.pictures.scene import Item, Scene, Wire

if TYPE_CHECKING:
    from kb.pictures.tracing import Trace

MOST_NAMES = 3
"""Of slices that one arrow stands for."""


class Describer:
    """Describes pictures of a network.

    Args:
        levels: Its pictures.
        flows: Its flow at every choice of sizes, that of the pictures first.
        traces: The traces of these flows.
        letters: What sizes are called.
    """

    def __init__(self, levels: Levels, flows: Sequence[Flow], traces: Sequence[Trace], letters: Letters) -> None:
        self.levels, self.flows, self.traces, self.letters = levels, flows, traces, letters

    def describe(self, scene: Scene) -> dict[str, Any]:
        """Return the fields of a picture."""
        frames: dict[int, dict[str, Any]] = {}
        places: dict[int, int] = {}
        boxes: list[dict[str, Any]] = []
        for item, around in scene.boxes:
            for depth, frame in enumerate(around):
                if id(frame) not in places:
                    places[id(frame)] = len(places)
                    frames[places[id(frame)]] = self._frame(frame, around[:depth], places)
            boxes.append(self._box(item, around) | _in_frame(around, places))
        number = {key: len(boxes) + n for n, key in enumerate(scene.ends)}
        boxes += [self._end(key) for key in scene.ends]
        arrows = [self._arrow(wire, edge, number) for wire, edge in scene.wires.items()]
        call = scene.call
        path = call.scopes[-1][0] if call.scopes else ""
        return {
            "what": self.levels.class_of(call),
            "role": _role(path, self.levels.class_of(call)),
            "boxes": boxes,
            "frames": [frames[n] for n in sorted(frames)],
            "arrows": _distinct(arrows),
        }

    def _frame(self, item: Item, around: tuple[Item, ...], places: dict[int, int]) -> dict[str, Any]:
        what = self._class(item) if item.scopes else ""
        what = "" if what in CONTAINERS else what
        role = _role(item.scopes[-1][0], what) if item.scopes else ""
        rounds = self._rounds(item, around)
        return {"what": what, "role": role, "times": self._times(item), "rounds": rounds} | _in_frame(around, places)

    def _box(self, item: Item, around: tuple[Item, ...]) -> dict[str, Any]:
        rounds = self._rounds(item, around)
        if item.scopes is None:
            node = self.levels.flow.nodes[item.keys[0]]
            own = [_role(weight, "") for weight in node.weights]
            found = {"what": f"{node.kind}:{node.key.name}", "detail": node.detail, "weights": own}
            return found | {"times": self._times(item), "rounds": rounds}
        path = item.scopes[-1][0]
        inside = [self.levels.flow.nodes[key].detail for key in item.keys]
        details = [self.traces[0].details.get(path, ""), *inside]
        return {
            "what": self._class(item),
            "role": _role(path, self._class(item)),
            "detail": ", ".join(dict.fromkeys(filter(None, details))),
            "holds": self._holds(item),
            "times": self._times(item),
            "rounds": rounds,
        }

    def _holds(self, item: Item) -> list[str]:
        """The classes of what a sequence holds, each with what distinguishes it, in order; of nothing else."""
        assert item.scopes
        if self._class(item) not in CONTAINERS:
            return []
        depth = len(item.scopes)
        paths = dict.fromkeys(key.scopes[depth][0] for key in item.keys if len(key.scopes) > depth)
        return [
            " ".join((self.traces[0].classes[path], self.traces[0].details.get(path, ""))).strip() for path in paths
        ]

    def _end(self, key: Key) -> dict[str, Any]:
        kind, _, name = key.name.partition(":")
        if kind == "weight":  # of a table of vectors, such as `queries.weight`, its own name says more
            name = name.removesuffix(".weight").rpartition(".")[2]
        return {"what": f"{kind}:{name}"}

    def _arrow(self, wire: Wire, edge: Edge, number: dict[Key, int]) -> dict[str, Any]:
        start, end = (place if isinstance(place, int) else number[place] for place in (wire.start, wire.end))
        shapes = [found for found in (_shape(other, edge) for other in self.flows) if found is not None]
        shape = self.letters.shape(shapes) if len(shapes) == len(self.flows) else ""
        counts = not self.levels.is_floating(edge.start)
        return {"start": start, "end": end, "shape": shape, "name": wire.name, "back": wire.recurrent, "index": counts}

    def _class(self, item: Item) -> str:
        assert item.scopes
        return self.traces[0].classes.get(item.scopes[-1][0], "")

    def _times(self, item: Item) -> str:
        """How often a box or frame is repeated, in letters where the number of modules in its list is one."""
        if item.times == 1:
            return ""
        members = [member.scopes[-1][0] for member in (item.inside or []) if member.scopes and not item.scopes]
        path = item.scopes[-1][0] if item.scopes else members[0] if members else ""
        classes = self.traces[0].classes
        alike = max(1, sum(classes.get(member) == classes.get(path) for member in members))
        found = [_siblings(trace.classes, path) // alike for trace in self.traces]
        return self.letters.named(found) if found[0] == item.times else str(item.times)

    def _rounds(self, item: Item, around: tuple[Item, ...]) -> str:
        """How often it runs in one run of what stands around it, in letters; empty where that is once."""
        if item.rounds == 1 or (around and around[-1].loop and not item.loop):
            return ""
        outer = [frame for frame in around if frame.rounds > 1]
        found = []
        for flow in self.flows:
            own = _count(flow, item)
            found.append(own // max(1, _count(flow, outer[-1]) if outer else 1))
        return self.letters.named(found)


def _shape(flow: Flow, edge: Edge) -> tuple[int, ...] | None:
    """Return the shape that passes along an edge, or in a network of other depth, to the same end from elsewhere."""
    if edge in flow.edges:
        return flow.edges[edge]
    like = (s for other, s in flow.edges.items() if (other.end, other.name) == (edge.end, edge.name))
    return next(like, None)


def _count(flow: Flow, item: Item) -> int:
    counts = [len(flow.nodes[key].rounds) for key in item.keys if key in flow.nodes]
    return (max if item.loop else min)(counts, default=1)


def _siblings(classes: dict[str, str], path: str) -> int:
    """How many modules of one class stand in the list that a path leads into."""
    parent, _, last = path.rpartition(".")
    if not last.isdecimal():
        return 0
    return sum(
        other.rpartition(".")[0] == parent and other.rpartition(".")[2].isdecimal() and classes[other] == classes[path]
        for other in classes
    )


def _role(path: str, what: str) -> str:
    """Return what the code calls a module, or the list that it is in, if that says more than its class."""
    names = [name for name in path.split(".") if not name.isdecimal()]
    numbered = path.rpartition(".")[2].isdecimal()
    known = what.startswith(LIBRARIES) or is_entry(what)
    return names[-1].replace("_", " ").strip() if names and not (numbered and known) else ""


def _in_frame(around: tuple[Item, ...], places: dict[int, int]) -> dict[str, int]:
    return {"frame": places[id(around[-1])]} if around else {}


def _distinct(arrows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Join what leads the same way, with all of the names, and the shape where it is one."""
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for arrow in arrows:
        found.setdefault((arrow["start"], arrow["end"], arrow["back"]), []).append(arrow)
    return [_joined(same) for same in found.values()]


def _joined(same: list[dict[str, Any]]) -> dict[str, Any]:
    names = list(dict.fromkeys(arrow["name"] for arrow in same if arrow["name"]))
    shapes = {arrow["shape"] for arrow in same}
    name = ", ".join(names) if len(names) <= MOST_NAMES else ""
    return same[0] | {"name": name, "shape": shapes.pop() if len(shapes) == 1 else ""}

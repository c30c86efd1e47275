"""Where boxes, frames and arrows of a picture go: Graphviz computes it from sizes alone, with no text and no fonts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pygraphviz

POINTS_PER_INCH = 72.0

Point = tuple[float, float]
Area = tuple[float, float, float, float]
"""Left, top, right and bottom."""


@dataclass(frozen=True)
class Line:
    """An arrow to be laid: between which boxes, the room for words beside it, and whether it leads back."""

    start: int
    end: int
    room: float = 0.0
    back: bool = False


@dataclass(frozen=True)
class Course:
    """The course of an arrow: a point, and then three for each curve; its tip, and where its words stand."""

    points: tuple[Point, ...]
    tip: Point | None
    words: Point | None


@dataclass(frozen=True)
class Layout:
    """A picture laid out: its size, the centres of boxes, the areas of frames and the courses of arrows."""

    width: float
    height: float
    boxes: tuple[Point, ...]
    frames: Mapping[int, Area]
    courses: tuple[Course, ...]


def lay_out(
    sizes: Sequence[tuple[float, float]],
    inside: Sequence[int | None],
    frames: Sequence[tuple[int | None, float]],
    lines: Sequence[Line],
    down: bool,
    first: Sequence[int] = (),
    last: Sequence[int] = (),
) -> Layout:
    """Lay a picture out.

    Args:
        sizes: Width and height of every box.
        inside: The frame in which each box stands.
        frames: The frame in which each frame stands, and the width of its words.
        lines: The arrows.
        down: Whether arrows lead down, or else to the right.
        first: Boxes that stand in the first row, or column.
        last: Boxes that stand in the last one.
    """
    graph = pygraphviz.AGraph(directed=True, strict=False)
    graph.graph_attr.update(
        rankdir="TB" if down else "LR", nodesep="0.26", ranksep="0.36" if down else "0.24", splines="spline"
    )
    graph.graph_attr.update(newrank="true", remincross="true", nslimit="20")
    graph.node_attr.update(shape="box", fixedsize="true", label="", fontname="Courier")
    holders: dict[int | None, pygraphviz.AGraph] = {None: graph}
    for number, (around, width) in enumerate(frames):
        holders[number] = holders[around].add_subgraph(name=f"cluster_{number}", margin="10", **_room(width, 16))
        if width:
            holders[number].graph_attr.update(labeljust="l", labelloc="t")
    for number, ((width, height), frame) in enumerate(zip(sizes, inside, strict=True)):
        holders[frame].add_node(str(number), width=width / POINTS_PER_INCH, height=height / POINTS_PER_INCH)
    for number, line in enumerate(lines):
        more = {"constraint": "false"} if line.back else {}
        graph.add_edge(str(line.start), str(line.end), key=str(number), **_room(line.room, 14), **more)
    for rank, boxes in (("source", first), ("sink", last)):
        if boxes:
            graph.add_subgraph([str(box) for box in boxes], rank=rank)
    graph.layout("dot")
    return _read(graph, len(sizes), len(frames), lines, holders)


def _room(width: float, height: float) -> dict[str, str]:
    """Reserve room for words: an empty table of fixed size in place of text."""
    if not width:
        return {}
    cell = f'<TD FIXEDSIZE="TRUE" WIDTH="{width:.0f}" HEIGHT="{height:.0f}"></TD>'
    return {"label": f'<<TABLE BORDER="0" CELLBORDER="0" CELLPADDING="0" CELLSPACING="0"><TR>{cell}</TR></TABLE>>'}


def _read(
    graph: pygraphviz.AGraph,
    boxes: int,
    frames: int,
    lines: Sequence[Line],
    holders: Mapping[int | None, pygraphviz.AGraph],
) -> Layout:
    width, height = (float(number) for number in graph.graph_attr["bb"].split(",")[2:])

    def point(text: str) -> Point:
        x, y = text.split(",")[-2:]
        return float(x), height - float(y)

    areas = {}
    for number in range(frames):
        left, low, right, high = (float(part) for part in holders[number].graph_attr["bb"].split(","))
        areas[number] = left, height - high, right, height - low
    courses = []
    for number, line in enumerate(lines):
        edge = graph.get_edge(str(line.start), str(line.end), key=str(number))
        tokens = edge.attr["pos"].replace("\\\n", "").split()
        tip = next((point(token[2:]) for token in tokens if token.startswith("e,")), None)
        points = tuple(point(token) for token in tokens if not token.startswith(("e,", "s,")))
        courses.append(Course(points, tip, point(edge.attr["lp"]) if edge.attr["lp"] else None))
    centres = tuple(point(graph.get_node(str(number)).attr["pos"]) for number in range(boxes))
    return Layout(width, height, centres, areas, tuple(courses))

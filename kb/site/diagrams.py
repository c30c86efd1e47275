"""Diagrams: Graphviz computes where boxes and arrows go; we write the SVG, so that nodes are links and CSS themes them.

Graphviz is given boxes of fixed size and no text: the result is then the same on every machine, with whatever fonts.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import pygraphviz

from kb.cache import remembered

CHARACTER, LINE, PADDING, WIDEST = 7.2, 17.0, 12.0, 22
POINTS_PER_INCH = 72.0


@dataclass(frozen=True)
class Node:
    """A box: its id, the text in it, where it leads, and a class for its colour."""

    id: str
    text: str
    href: str | None
    style: str
    hint: str = ""


@dataclass(frozen=True)
class Arrow:
    """An arrow between two boxes, with a word beside it."""

    start: str
    end: str
    text: str = ""


@remembered("pygraphviz")
def draw(
    nodes: Sequence[Node],
    arrows: Sequence[Arrow],
    title: str,
    description: str,
    name: str,
    down: bool = True,
    dense: bool = False,
) -> str:
    """Return an SVG of a directed graph.

    Args:
        nodes: The boxes.
        arrows: The arrows; both ends must be among the boxes.
        title: What the picture is, for screen readers.
        description: What it shows, for screen readers.
        name: Prefix of the ids inside; several diagrams can share a page.
        down: Whether arrows lead downwards, or else to the right.
        dense: Whether boxes stand close and keep their text on one line, as many boxes in a column have to.
    """
    lines = {node.id: [node.text] if dense else textwrap.wrap(node.text, WIDEST) or [""] for node in nodes}
    graph = pygraphviz.AGraph(directed=True, strict=False)
    graph.graph_attr.update(rankdir="TB" if down else "LR", splines="spline")
    graph.graph_attr.update(nodesep="0.1" if dense else "0.22", ranksep="0.3" if dense else "0.5")
    graph.node_attr.update(shape="box", fixedsize="true", label="", fontname="Courier")
    for node in nodes:
        width, height = _size(lines[node.id])
        graph.add_node(node.id, width=width / POINTS_PER_INCH, height=height / POINTS_PER_INCH)
    for number, arrow in enumerate(arrows):
        graph.add_edge(arrow.start, arrow.end, key=str(number), **_label_room(arrow.text))
    graph.layout("dot")
    width, height = (float(number) for number in graph.graph_attr["bb"].split(",")[2:])
    # Links inside a picture of role `img` would not exist for screen readers.
    head = _head(f"-4 -4 {width + 8:.0f} {height + 8:.0f}", width + 8, "group", title, description, name)
    parts = [head]
    for number, arrow in enumerate(arrows):
        edge = graph.get_edge(arrow.start, arrow.end, key=str(number))
        parts.append(_arrow(edge, arrow, height, name))
    for node in nodes:
        x, y = (float(number) for number in graph.get_node(node.id).attr["pos"].split(","))
        parts.append(_box(node, lines[node.id], x, height - y))
    return "".join([*parts, "</svg>"])


def _head(box: str, width: float, role: str, title: str, description: str, name: str) -> str:
    """Open a picture: what it is and shows for screen readers, and the tip of its arrows."""
    return (
        f'<svg class="diagram" viewBox="{box}" width="{width:.0f}" role="{role}" '
        f'aria-labelledby="{name}-title {name}-text"><title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-text">{escape(description)}</desc><defs><marker id="{name}-tip" viewBox="0 0 8 8" refX="7" '
        'refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>'
    )


def _size(lines: Sequence[str]) -> tuple[float, float]:
    return max(len(line) for line in lines) * CHARACTER + 2 * PADDING, len(lines) * LINE + PADDING


def _label_room(text: str) -> dict[str, str]:
    """Reserve room for an arrow's word: an empty table of fixed size in place of text."""
    if not text:
        return {}
    width, height = len(text) * 6.2 + 6, 15
    cell = f'<TD FIXEDSIZE="TRUE" WIDTH="{width:.0f}" HEIGHT="{height}"></TD>'
    return {"label": f'<<TABLE BORDER="0" CELLBORDER="0" CELLPADDING="0" CELLSPACING="0"><TR>{cell}</TR></TABLE>>'}


def _box(node: Node, lines: Sequence[str], x: float, y: float) -> str:
    width, height = _size(lines)
    first = y - (len(lines) - 1) * LINE / 2
    texts = "".join(
        f'<text x="{x:.1f}" y="{first + number * LINE:.1f}">{escape(line)}</text>' for number, line in enumerate(lines)
    )
    hint = f"<title>{escape(node.hint)}</title>" if node.hint else ""
    body = (
        f'<rect x="{x - width / 2:.1f}" y="{y - height / 2:.1f}" width="{width:.1f}" height="{height:.1f}" rx="7"/>'
        f"{hint}{texts}"
    )
    if node.href is None:
        return f'<g class="node {node.style}">{body}</g>'
    return f'<a class="node {node.style}" href="{escape(node.href)}" aria-label="{escape(node.text)}">{body}</a>'


def _arrow(edge: pygraphviz.Edge, arrow: Arrow, height: float, name: str) -> str:
    end, points = None, []
    for token in edge.attr["pos"].replace("\\\n", "").split():
        if token.startswith("e,"):
            end = _point(token[2:], height)
        else:
            points.append(_point(token, height))
    path = f"M{points[0]}C" + " ".join(points[1:]) + (f"L{end}" if end else "")
    word = ""
    if arrow.text and edge.attr["lp"]:
        x, y = _point(edge.attr["lp"], height).split(",")
        word = f'<text class="word" x="{x}" y="{y}" aria-hidden="true">{escape(arrow.text)}</text>'
    return f'<path class="arrow" d="{path}" marker-end="url(#{name}-tip)"/>{word}'


def _point(text: str, height: float) -> str:
    x, y = text.split(",")
    return f"{float(x):.1f},{height - float(y):.1f}"

"""The graph in formats that other tools read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import networkx as nx

from kb.base import Base
from kb.export.characters import printable


def graph_json(base: Base) -> dict[str, Any]:
    """Return nodes and edges in networkx's node-link form."""
    data: dict[str, Any] = nx.node_link_data(base.graph, edges="edges")
    return data


def graphml(base: Base) -> str:
    """Return the graph as GraphML, for Gephi, yEd and Cytoscape.

    Attributes without a value are left out, and characters that XML forbids replaced. Every edge has a number of its
    own, because some programs keep only the first of those with the same.
    """
    stream = BytesIO()
    nx.write_graphml_xml(_plain(base), stream)  # the other writer of networkx depends on what else is installed
    return stream.getvalue().decode()


def gexf(base: Base) -> str:
    """Return the graph as GEXF, Gephi's own format, with what each entry and each relation is called as its label."""
    graph = _plain(base)
    for _, data in graph.nodes(data=True):
        data["label"] = data["name"]
    for *_, data in graph.edges(data=True):
        data["label"] = data["relation"]
    # networkx writes the day on which it runs: the same data give the same text
    return re.sub(r' lastmodifieddate="[^"]*"', "", "\n".join(nx.generate_gexf(graph))) + "\n"


def _plain(base: Base) -> nx.MultiDiGraph[str]:
    """The graph with attributes that XML can hold, and a number of its own for every edge."""
    plain: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    plain.add_nodes_from((node, _attributes(data)) for node, data in base.graph.nodes(data=True))
    for number, (start, end, data) in enumerate(base.graph.edges(data=True)):
        plain.add_edge(start, end, key=number, **_attributes(data))
    return plain


def _attributes(data: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a node or an edge, as XML can hold them."""
    given = {name: value for name, value in data.items() if value not in (None, "")}
    return {name: printable(value) if isinstance(value, str) else value for name, value in given.items()}

"""The graph in formats that other tools read."""

from __future__ import annotations

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
    plain: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    plain.add_nodes_from((node, _attributes(data)) for node, data in base.graph.nodes(data=True))
    for number, (start, end, data) in enumerate(base.graph.edges(data=True)):
        plain.add_edge(start, end, key=number, **_attributes(data))
    stream = BytesIO()
    nx.write_graphml(plain, stream)
    return stream.getvalue().decode()


def _attributes(data: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a node or an edge, as XML can hold them."""
    given = {name: value for name, value in data.items() if value not in (None, "")}
    return {name: printable(value) if isinstance(value, str) else value for name, value in given.items()}

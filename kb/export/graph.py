"""The graph in formats that other tools read."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import networkx as nx

from kb.base import KnowledgeBase


def graph_json(base: KnowledgeBase) -> dict[str, Any]:
    """Return nodes and edges in networkx's node-link form."""
    data: dict[str, Any] = nx.node_link_data(base.graph, edges="edges")
    return data


def graphml(base: KnowledgeBase) -> str:
    """Return the graph as GraphML, for Gephi, yEd and Cytoscape. Attributes without a value are left out."""
    plain = base.graph.copy()
    for _, attributes in plain.nodes(data=True):
        for name in [name for name, value in attributes.items() if value is None]:
            del attributes[name]
    stream = BytesIO()
    nx.write_graphml(plain, stream)
    return stream.getvalue().decode()

"""Peer of the graph network block: PyG's `MetaLayer`, with the three update functions written in its terms."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F
from torch_geometric.nn import MetaLayer
from torch_geometric.utils import scatter

from implementations.architectures.graph.graph_network import GraphNetwork


def theirs(weights: dict[str, Tensor], x: Tensor, edge_index: Tensor, e: Tensor, u: Tensor) -> tuple[Tensor, ...]:
    """Return the meta layer's outputs for a graph, with our weights."""

    def update(name: str, *parts: Tensor) -> Tensor:
        first, last = ((weights[f"{name}.{i}.weight"], weights[f"{name}.{i}.bias"]) for i in (0, 2))
        return F.linear(F.linear(torch.cat(parts, 1), *first).relu(), *last)

    def edges(source: Tensor, target: Tensor, e: Tensor, u: Tensor, batch: Tensor) -> Tensor:
        return update("edge_update", e, target, source, u[batch])

    def nodes(x: Tensor, edge_index: Tensor, e: Tensor, u: Tensor, batch: Tensor) -> Tensor:
        arriving = scatter(e, edge_index[1], dim=0, dim_size=len(x), reduce="sum")
        return update("node_update", arriving, x, u[batch])

    def whole(x: Tensor, edge_index: Tensor, e: Tensor, u: Tensor, batch: Tensor) -> Tensor:
        of_edges = scatter(e, batch[edge_index[0]], dim=0, dim_size=len(u), reduce="sum")
        return update("global_update", of_edges, scatter(x, batch, dim=0, reduce="sum"), u)

    block = MetaLayer(edges, nodes, whole)
    return block(x, edge_index, e, u, torch.zeros(len(x), dtype=torch.long))


def peer() -> Callable[..., tuple[Tensor, ...]]:
    """Return the peer as a function of our weights."""
    return theirs


def at_scale(generator: torch.Generator) -> tuple[str, Callable[..., tuple[Tensor, ...]], dict[str, Tensor]]:
    """Return the variant of ours, the peer as a function of its weights, and inputs, that are timed together."""
    ours = GraphNetwork(node_features=4, edge_features=3, global_features=1)
    return "rigid-bodies", theirs, ours.example_inputs(generator, N=2000, E=10000)

"""Peer of the graph isomorphism network: two of PyG's `GINConv`, with learned epsilon."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch_geometric.nn import GINConv

from implementations.architectures.graph.graph_isomorphism_network import GraphIsomorphismNetwork


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = GraphIsomorphismNetwork(in_features=5, hidden=8, out_features=3)
    first, last = (
        GINConv(nn.Sequential(nn.Linear(inputs, 8), nn.ReLU(), nn.Linear(8, outputs)), train_eps=True).double()
        for inputs, outputs in ((5, 8), (8, 3))
    )

    def theirs(weights: dict[str, Tensor], x: Tensor, edge_index: Tensor) -> Tensor:
        x = torch.func.functional_call(first, _named(weights, "first"), (x, edge_index)).relu()
        return torch.func.functional_call(last, _named(weights, "last"), (x, edge_index))

    return ours, theirs, ours.example_inputs(generator)


def _named(weights: dict[str, Tensor], layer: str) -> dict[str, Tensor]:
    names = {"eps": "epsilon"} | {f"nn.{i}.{part}": f"mlp.{i}.{part}" for i in (0, 2) for part in ("weight", "bias")}
    return {theirs: weights[f"{layer}.{ours}"] for theirs, ours in names.items()}

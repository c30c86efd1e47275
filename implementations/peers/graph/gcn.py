"""Peer of the graph convolutional network: two of PyG's `GCNConv`."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch_geometric.nn import GCNConv, models

from implementations.architectures.graph.gcn import GCN


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = GCN(in_features=5, hidden=[8], out_features=3)
    layers = [GCNConv(5, 8).double(), GCNConv(8, 3).double()]

    def theirs(weights: dict[str, Tensor], x: Tensor, edge_index: Tensor) -> Tensor:
        for number, layer in enumerate(layers):
            named = {"lin.weight": weights[f"maps.{number}.weight"], "bias": weights[f"biases.{number}"]}
            x = torch.func.functional_call(layer, named, (x, edge_index))
            x = x.relu() if number == 0 else x
        return x

    return ours, theirs, ours.example_inputs(generator)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    x = torch.randn(2708, 1433, generator=generator)  # as many nodes and edges as Cora has
    return (
        "cora",
        models.GCN(1433, 16, num_layers=2, out_channels=7),
        {"x": x, "edge_index": torch.randint(0, 2708, (2, 10556), generator=generator)},
    )

"""Peer of the simplified graph convolution: PyG's `SGConv`."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch_geometric.nn import SGConv

from implementations.architectures.graph.simplified_graph_convolution import SimplifiedGraphConvolution


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = SimplifiedGraphConvolution(in_features=5, out_features=3, steps=3)
    peer = SGConv(5, 3, K=3).double()

    def theirs(weights: dict[str, Tensor], x: Tensor, edge_index: Tensor) -> Tensor:
        named = {"lin.weight": weights["linear.weight"], "lin.bias": weights["linear.bias"]}
        return torch.func.functional_call(peer, named, (x, edge_index))

    return ours, theirs, ours.example_inputs(generator)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    x = torch.randn(2708, 1433, generator=generator)  # as many nodes and edges as Cora has
    return "cora", SGConv(1433, 7, K=2), {"x": x, "edge_index": torch.randint(0, 2708, (2, 10556), generator=generator)}

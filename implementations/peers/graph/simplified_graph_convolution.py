"""Peer of the simplified graph convolution: PyG's `SGConv`."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch_geometric.nn import SGConv

from implementations.peers.modules import with_our_weights

SIZES = {"three-steps": {"in_features": 4, "out_features": 6, "steps": 3}}


def peer(*, in_features: int, out_features: int, steps: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    module = SGConv(in_features, out_features, K=steps).double()

    def translated(weights: dict[str, Tensor]) -> dict[str, Tensor]:
        return {"lin.weight": weights["linear.weight"], "lin.bias": weights["linear.bias"]}

    return with_our_weights(module, translated)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    x = torch.randn(2708, 1433, generator=generator)  # as many nodes and edges as Cora has
    return "cora", SGConv(1433, 7, K=2), {"x": x, "edge_index": torch.randint(0, 2708, (2, 10556), generator=generator)}

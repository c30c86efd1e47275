"""Peer of the multilayer perceptron: PyG's `MLP`, without its normalisation and dropout."""

from collections.abc import Callable, Sequence

import torch
import torch_geometric.nn as pyg
from torch import Tensor, nn

from implementations.peers.modules import with_our_weights

SIZES = {"narrowing": {"in_features": 5, "hidden": [9, 7, 3], "out_features": 4}}


def peer(
    *, in_features: int, hidden: Sequence[int], out_features: int, activation: str, bias: bool
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    act = nn.Identity() if activation == "identity" else activation
    module = pyg.MLP([in_features, *hidden, out_features], act=act, norm=None, bias=bias, dropout=0.0)
    return with_our_weights(module)  # both have their layers in the same order


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return "mnist", pyg.MLP([784, 256, 10], norm=None, dropout=0.0), {"x": torch.randn(128, 784, generator=generator)}

"""Peer of the multilayer perceptron: PyG's `MLP`, without its normalisation and dropout."""

from collections.abc import Callable

import torch
import torch_geometric.nn as pyg
from torch import Tensor, nn

from implementations.architectures.feedforward.mlp import MLP


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = MLP(in_features=5, hidden=[9, 7], out_features=4)
    peer = pyg.MLP([5, 9, 7, 4], norm=None, dropout=0.0).double()

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        named = {
            f"lins.{layer}.{part}": weights[f"layers.{2 * layer}.{part}"]
            for layer in range(3)
            for part in ("weight", "bias")
        }
        return torch.func.functional_call(peer, named, (x.to(named["lins.0.weight"].dtype),))

    return ours, theirs, ours.example_inputs(generator, B=5)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return "mnist", pyg.MLP([784, 256, 10], norm=None, dropout=0.0), {"x": torch.randn(128, 784, generator=generator)}

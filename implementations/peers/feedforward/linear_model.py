"""Peer of the linear model: the sum over features as an `einsum`, which does not go through `nn.Linear`."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.architectures.feedforward.linear_model import LinearModel


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = LinearModel(in_features=6, out_features=4)

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return torch.einsum("bf,gf->bg", x, weights["linear.weight"]) + weights["linear.bias"]

    return ours, theirs, ours.example_inputs(generator, B=5)

"""Peer of the linear model: the sum over features as an `einsum`, which does not go through `nn.Linear`."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.architectures.feedforward.linear_model import LinearModel


def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
    """Return what the peer makes of inputs, with our weights."""
    return torch.einsum("bf,gf->bg", x, weights["linear.weight"]) + weights["linear.bias"]


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = LinearModel(in_features=6, out_features=4)
    return ours, theirs, ours.example_inputs(generator, B=5)


def at_scale(generator: torch.Generator) -> tuple[str, Callable[..., Tensor], dict[str, Tensor]]:
    """Return the variant of ours, the peer as a function of its weights, and inputs, that are timed together."""
    return "width-2048", theirs, {"x": torch.randn(128, 2048, generator=generator)}

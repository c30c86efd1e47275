"""Peer of the component: `F.linear`, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.component.linear_layer import LinearLayer


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = LinearLayer()

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.linear(x, weights["weight"], weights["bias"])

    return ours, theirs, ours.example_inputs(generator)

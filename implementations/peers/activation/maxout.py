"""Peer of the component: `F.max_pool1d` over the pieces of a linear layer."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.activation.maxout import Maxout


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = Maxout(units=4, pieces=3)

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.max_pool1d(F.linear(x, weights["linear.weight"], weights["linear.bias"]), 3)

    return ours, theirs, ours.example_inputs(generator)

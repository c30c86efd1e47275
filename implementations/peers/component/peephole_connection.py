"""Peer of the component: multiplication by a diagonal matrix, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.concepts.component.peephole_connection import PeepholeConnection


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = PeepholeConnection()

    def theirs(weights: dict[str, Tensor], c: Tensor) -> Tensor:
        return c @ weights["weight"].diag()

    return ours, theirs, ours.example_inputs(generator)

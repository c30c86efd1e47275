"""Peer of the component: `torch.softmax`, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.concepts.activation.softmax import Softmax


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = Softmax()

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return x.softmax(-1)

    return ours, theirs, ours.example_inputs(generator)

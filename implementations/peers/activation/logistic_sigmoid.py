"""Peer of the component: `torch.sigmoid`, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.concepts.activation.logistic_sigmoid import LogisticSigmoid


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = LogisticSigmoid()

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return torch.sigmoid(x)

    return ours, theirs, ours.example_inputs(generator)

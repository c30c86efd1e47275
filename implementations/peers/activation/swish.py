"""Peer of the component: `torch.nn.functional.silu`, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.activation.swish import Swish


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = Swish()

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.silu(x)

    return ours, theirs, ours.example_inputs(generator)

"""Peer of the component: `F.relu6`."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.activation.relu6 import ReLU6


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer, and inputs; there are no weights."""
    ours = ReLU6()

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.relu6(x)

    return ours, theirs, ours.example_inputs(generator)

"""Peer of the component: two convolutions of width one, which the paper names as the same thing (sec. 3.3)."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.component.position_wise_feed_forward import PositionWiseFeedForward


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = PositionWiseFeedForward()

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        hidden = F.conv1d(x.mT, weights["widen.weight"][..., None], weights["widen.bias"]).relu()
        return F.conv1d(hidden, weights["narrow.weight"][..., None], weights["narrow.bias"]).mT

    return ours, theirs, ours.example_inputs(generator)

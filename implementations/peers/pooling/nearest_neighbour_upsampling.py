"""Peer of the component: `F.interpolate`."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.pooling.nearest_neighbour_upsampling import NearestNeighbourUpsampling


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer, and inputs; there are no weights."""
    ours = NearestNeighbourUpsampling(factor=3)

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.interpolate(x, scale_factor=3, mode="nearest")

    return ours, theirs, ours.example_inputs(generator)

"""Peer of the component: `F.group_norm`, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.normalisation.group_normalisation import GroupNormalisation


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = GroupNormalisation()

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.group_norm(x, 3, weights["gamma"], weights["beta"])

    return ours, theirs, ours.example_inputs(generator)

"""Peer of the component: `F.layer_norm`, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.component.layer_normalisation import LayerNormalisation


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = LayerNormalisation()

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.layer_norm(x, (6,), weights["gamma"], weights["beta"])

    return ours, theirs, ours.example_inputs(generator)

"""Peer of the component: `F.batch_norm` with running statistics, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.component.batch_normalisation import BatchNormalisation


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = BatchNormalisation()

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.batch_norm(x, weights["running_mean"], weights["running_var"], weights["gamma"], weights["beta"])

    return ours, theirs, ours.example_inputs(generator)

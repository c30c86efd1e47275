"""Peer of the component: `F.adaptive_avg_pool2d`."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.pooling.global_average_pooling import GlobalAveragePooling


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer, and inputs; there are no weights."""
    ours = GlobalAveragePooling()

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.adaptive_avg_pool2d(x, 1).flatten(1)

    return ours, theirs, ours.example_inputs(generator)

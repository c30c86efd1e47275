"""Peer of the component: `F.avg_pool2d`, with overlapping windows."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.pooling.average_pooling import AveragePooling


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer, and inputs; there are no weights."""
    ours = AveragePooling(kernel_size=3, stride=2)

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.avg_pool2d(x, 3, stride=2)

    return ours, theirs, ours.example_inputs(generator, H=7, W=6)

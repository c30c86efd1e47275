"""Peer of the component: `F.max_pool2d`, with overlapping windows and a stride."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.pooling.max_pooling import MaxPooling


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer, and inputs; there are no weights."""
    ours = MaxPooling(kernel_size=3, stride=2)

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.max_pool2d(x, 3, stride=2, padding=1)

    return ours, theirs, ours.example_inputs(generator, H=7, W=6)

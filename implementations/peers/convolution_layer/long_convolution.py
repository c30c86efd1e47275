"""Peer of the component: `F.conv1d` of the signal repeated, with the filters flipped."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.convolution_layer.long_convolution import LongConvolution


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = LongConvolution()

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        repeated = torch.cat([x[:, :, 1:], x], dim=2)  # the n - 1 places before the first one, then the signal
        return F.conv1d(repeated, weights["filters"].flip(1)[:, None], groups=2)

    return ours, theirs, ours.example_inputs(generator)

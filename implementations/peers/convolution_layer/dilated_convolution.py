"""Peer of the component: `F.conv2d` with its argument `dilation`."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.convolution_layer.dilated_convolution import DilatedConvolution


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = DilatedConvolution(dilation=3)

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.conv2d(x, weights["weight"], weights["bias"], padding=3, dilation=3)

    return ours, theirs, ours.example_inputs(generator)

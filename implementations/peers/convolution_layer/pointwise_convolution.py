"""Peer of the component: `F.conv2d` with a kernel of one pixel."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.convolution_layer.pointwise_convolution import PointwiseConvolution


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = PointwiseConvolution()

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.conv2d(x, weights["weight"][:, :, None, None], weights["bias"])

    return ours, theirs, ours.example_inputs(generator)

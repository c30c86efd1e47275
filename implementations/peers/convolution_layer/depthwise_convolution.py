"""Peer of the component: `F.conv2d` with a group for each channel."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.convolution_layer.depthwise_convolution import DepthwiseConvolution


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = DepthwiseConvolution(kernel_size=5)

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.conv2d(x, weights["weight"][:, None], padding=2, groups=x.shape[1])

    return ours, theirs, ours.example_inputs(generator)

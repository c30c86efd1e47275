"""Peer of the component: `F.conv2d` with one group for each channel, then with a kernel of one pixel."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.convolution_layer.depthwise_separable_convolution import DepthwiseSeparableConvolution


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = DepthwiseSeparableConvolution()

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        filtered = F.conv2d(x, weights["filters"][:, None], padding=1, groups=2)
        return F.conv2d(filtered, weights["mix"][:, :, None, None], weights["bias"])

    return ours, theirs, ours.example_inputs(generator)

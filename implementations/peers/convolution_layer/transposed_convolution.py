"""Peer of the component: `F.conv_transpose2d`, with overlapping stamps."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.convolution_layer.transposed_convolution import TransposedConvolution


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = TransposedConvolution()

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.conv_transpose2d(x, weights["weight"], weights["bias"], stride=2)

    return ours, theirs, ours.example_inputs(generator)

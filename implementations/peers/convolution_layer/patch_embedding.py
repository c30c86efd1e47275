"""Peer of the component: `F.conv2d` with a stride of one patch."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.convolution_layer.patch_embedding import PatchEmbedding


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = PatchEmbedding()

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        kernel = weights["linear.weight"].unflatten(1, (2, 3, 3))  # [D, C P P] -> [D, C, P, P]
        return F.conv2d(x, kernel, weights["linear.bias"], stride=3).flatten(2).mT

    return ours, theirs, ours.example_inputs(generator)

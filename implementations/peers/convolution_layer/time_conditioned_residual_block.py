"""Peer of the component: the same by functions of torch, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.convolution_layer.time_conditioned_residual_block import TimeConditionedResidualBlock


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = TimeConditionedResidualBlock()

    def theirs(weights: dict[str, Tensor], x: Tensor, time: Tensor) -> Tensor:
        def layer(name: str) -> tuple[Tensor, Tensor]:
            return weights[f"{name}.weight"], weights[f"{name}.bias"]

        h = F.conv2d(F.silu(F.group_norm(x, 2, *layer("norm_1"), eps=1e-6)), *layer("conv_1"), padding=1)
        h = h + F.linear(F.silu(time), *layer("time")).unflatten(1, (-1, 1, 1))
        h = F.conv2d(F.silu(F.group_norm(h, 2, *layer("norm_2"), eps=1e-6)), *layer("conv_2"), padding=1)
        return h + F.conv2d(x, *layer("shortcut"))

    return ours, theirs, ours.example_inputs(generator)

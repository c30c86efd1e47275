"""Peer of the component: `F.conv2d` and `F.batch_norm`, branch by branch."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.convolution_layer.re_parametrisable_block import ReParametrisableBlock


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = ReParametrisableBlock()

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        def normalised(branch: Tensor, index: int) -> Tensor:
            names = ("running_mean", "running_var", "gamma", "beta")
            return F.batch_norm(branch, *(weights[f"norms.{index}.{name}"] for name in names))

        wide, narrow = F.conv2d(x, weights["wide"], padding="same"), F.conv2d(x, weights["narrow"])
        return normalised(wide, 0) + normalised(narrow, 1) + normalised(x, 2)

    return ours, theirs, ours.example_inputs(generator)

"""Peer of the component: `torch.nn.functional.gelu`."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.activation.gaussian_error_linear_unit import GaussianErrorLinearUnit


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = GaussianErrorLinearUnit()

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.gelu(x)

    return ours, theirs, ours.example_inputs(generator)

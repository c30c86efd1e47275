"""Peer of the component: the same with torch's complex numbers, modulus and phase apart."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.concepts.activation.modrelu import ModReLU


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = ModReLU(units=8)

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        z = torch.view_as_complex(x)
        return torch.view_as_real(torch.polar(torch.relu(z.abs() + weights["bias"]), z.angle()))

    return ours, theirs, {"x": 0.2 * ours.example_inputs(generator)["x"]}  # some are shorter than their bias is long

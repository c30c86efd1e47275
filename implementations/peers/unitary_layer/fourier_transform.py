"""Peer of the component: `torch.fft.fft`, the fast one."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.concepts.unitary_layer.fourier_transform import FourierTransform


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = FourierTransform()

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return torch.view_as_real(torch.fft.fft(torch.view_as_complex(x), norm="ortho"))

    return ours, theirs, ours.example_inputs(generator)

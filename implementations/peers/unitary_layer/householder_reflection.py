"""Peer of the component: `torch.linalg.householder_product`, with the normal scaled so that it begins with one."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.concepts.unitary_layer.householder_reflection import HouseholderReflection


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = HouseholderReflection(units=6)

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        normal = torch.view_as_complex(weights["normal"])
        scaled = normal / normal[0]  # LAPACK's reflectors are I - tau w w*, and w begins with one
        others = torch.zeros(6, 5, dtype=normal.dtype)
        tau = 2 / (scaled * scaled.conj()).sum()
        matrix = torch.linalg.householder_product(torch.cat([scaled[:, None], others], 1), tau[None])
        return torch.view_as_real(torch.view_as_complex(x) @ matrix.T)

    return ours, theirs, ours.example_inputs(generator)

"""Peer of the refine gate: torch's linear interpolation between the two bounds of the effective gate."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.concepts.gating_mechanism.refine_gate import RefineGate


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = RefineGate()

    def theirs(weights: dict[str, Tensor], f: Tensor, r: Tensor) -> Tensor:
        return torch.lerp(f.square(), f * (2 - f), r)

    return ours, theirs, ours.example_inputs(generator)

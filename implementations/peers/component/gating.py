"""Peer of the component: `F.glu`, torch's gated linear unit, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.component.gating import Gating


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = Gating()

    def theirs(weights: dict[str, Tensor], x: Tensor, h: Tensor, v: Tensor) -> Tensor:
        matrix = torch.cat([weights["input.weight"], weights["state.weight"]], 1)
        gate = F.linear(torch.cat([x, h], 1), matrix, weights["input.bias"])
        return F.glu(torch.cat([v, gate], 1))

    return ours, theirs, ours.example_inputs(generator)

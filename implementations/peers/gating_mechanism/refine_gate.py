"""Peer of the refine gate: torch's linear interpolation between the two bounds of the effective gate."""

from collections.abc import Callable

import torch
from torch import Tensor


def peer() -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], f: Tensor, r: Tensor) -> Tensor:
        return torch.lerp(f.square(), f * (2 - f), r)

    return theirs

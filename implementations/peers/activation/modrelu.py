"""Peer of the component: the same with torch's complex numbers, with modulus and phase separate."""

from collections.abc import Callable

import torch
from torch import Tensor

SIZES = {"odd": {"units": 7}}


def peer() -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        z = torch.view_as_complex(x)
        return torch.view_as_real(torch.polar(torch.relu(z.abs() + weights["bias"]), z.angle()))

    return theirs

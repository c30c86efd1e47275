"""Peer of the component: `torch.tanh`, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor


def peer() -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return torch.tanh(x)

    return theirs

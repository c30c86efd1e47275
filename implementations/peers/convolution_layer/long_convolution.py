"""Peer of the component: `F.conv1d` of the signal repeated, with the filters flipped."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

SIZES = {"odd": {"channels": 3, "length": 7}}


def peer(*, channels: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        repeated = torch.cat([x[:, :, 1:], x], dim=2)  # the n - 1 positions before the first one, then the signal
        return F.conv1d(repeated, weights["filters"].flip(1)[:, None], groups=channels)

    return theirs

"""Peer of the component: `F.conv2d` with groups."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"wide": {"in_channels": 6, "out_channels": 3, "groups": 3, "kernel_size": 5}, "whole": {"groups": 1}}


def peer(*, groups: int, kernel_size: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.conv2d(x, weights["weight"].flatten(0, 1), padding=kernel_size // 2, groups=groups)

    return theirs

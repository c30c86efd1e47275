"""Peer of the component: `F.conv_transpose2d`, with overlapping stamps."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"wide": {"in_channels": 2, "out_channels": 3, "kernel_size": 4, "stride": 3}}


def peer(*, stride: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.conv_transpose2d(x, weights["weight"], weights["bias"], stride=stride)

    return theirs

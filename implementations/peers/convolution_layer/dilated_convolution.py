"""Peer of the component: `F.conv2d` with its argument `dilation`."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"wide": {"in_channels": 3, "out_channels": 2, "kernel_size": 5, "dilation": 3}}


def peer(*, kernel_size: int, dilation: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.conv2d(x, weights["weight"], weights["bias"], padding=kernel_size // 2 * dilation, dilation=dilation)

    return theirs

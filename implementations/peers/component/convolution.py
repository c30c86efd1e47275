"""Peer of the component: `F.conv2d`, called with our weights."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"wide": {"in_channels": 3, "out_channels": 4, "kernel_size": 5, "padding": "circular"}}


def peer(*, kernel_size: int, padding: str) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        reach = kernel_size // 2
        padded = F.pad(x, [reach] * 4, mode="circular" if padding == "circular" else "constant")
        return F.conv2d(padded, weights["weight"], weights["bias"])

    return theirs

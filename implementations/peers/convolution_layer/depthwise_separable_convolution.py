"""Peer of the component: `F.conv2d` with one group for each channel, then with a kernel of one pixel."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"wide": {"in_channels": 3, "out_channels": 5, "kernel_size": 5}}


def peer(*, in_channels: int, kernel_size: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        filtered = F.conv2d(x, weights["filters"][:, None], padding=kernel_size // 2, groups=in_channels)
        return F.conv2d(filtered, weights["mix"][:, :, None, None], weights["bias"])

    return theirs

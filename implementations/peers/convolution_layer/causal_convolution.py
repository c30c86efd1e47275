"""Peer of the component: `F.conv1d`, padded at both ends, whose outputs beyond the end of the signal are cut off."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"wide": {"in_channels": 3, "out_channels": 2, "kernel_size": 4, "dilation": 3}}


def peer(*, kernel_size: int, dilation: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    reach = dilation * (kernel_size - 1)

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.conv1d(x, weights["weight"], weights["bias"], padding=reach, dilation=dilation)[..., : x.shape[-1]]

    return theirs

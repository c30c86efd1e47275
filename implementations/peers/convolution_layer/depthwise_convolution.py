"""Peer of the component: `F.conv2d` with a group for each channel."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"wide": {"channels": 3, "kernel_size": 5}}


def peer(*, kernel_size: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.conv2d(x, weights["weight"][:, None], padding=kernel_size // 2, groups=x.shape[1])

    return theirs

"""Peer of the component: `F.conv2d` with a kernel of one pixel."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"odd": {"in_channels": 3, "out_channels": 5}}


def peer() -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.conv2d(x, weights["weight"][:, :, None, None], weights["bias"])

    return theirs

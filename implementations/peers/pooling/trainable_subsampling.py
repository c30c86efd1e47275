"""Peer of the component: a depthwise `F.conv2d` with a stride, all of whose weights for a channel are equal."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"wide": {"channels": 5, "window": 3}}


def peer(*, channels: int, window: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        kernel = weights["coefficient"][:, None].expand(channels, 1, window, window)
        return F.conv2d(x, kernel, weights["bias"].flatten(), stride=window, groups=channels)

    return theirs

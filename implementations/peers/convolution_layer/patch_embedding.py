"""Peer of the component: `F.conv2d` with a stride of one patch."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"wide": {"channels": 3, "width": 5, "patch": 4}}


def peer(*, channels: int, patch: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        kernel = weights["linear.weight"].unflatten(1, (channels, patch, patch))  # [D, C P P] -> [D, C, P, P]
        return F.conv2d(x, kernel, weights["linear.bias"], stride=patch).flatten(2).mT

    return theirs

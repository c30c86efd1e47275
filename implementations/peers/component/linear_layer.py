"""Peer of the component: `F.linear`, called with our weights."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"odd": {"in_features": 5, "out_features": 7}}


def peer() -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.linear(x, weights["weight"], weights["bias"])

    return theirs

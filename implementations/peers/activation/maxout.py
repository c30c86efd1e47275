"""Peer of the component: `F.max_pool1d` over the pieces of a linear layer."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"three-pieces": {"in_features": 4, "units": 4, "pieces": 3}}


def peer(*, pieces: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.max_pool1d(F.linear(x, weights["linear.weight"], weights["linear.bias"]), pieces)

    return theirs

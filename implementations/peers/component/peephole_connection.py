"""Peer of the component: multiplication by a diagonal matrix, called with our weights."""

from collections.abc import Callable

from torch import Tensor

SIZES = {"odd": {"units": 7}}


def peer() -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], c: Tensor) -> Tensor:
        return c @ weights["weight"].diag()

    return theirs

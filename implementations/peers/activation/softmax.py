"""Peer of the component: `torch.softmax`, called with our weights."""

from collections.abc import Callable

from torch import Tensor


def peer() -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return x.softmax(-1)

    return theirs

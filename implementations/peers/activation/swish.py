"""Peer of the component: `torch.nn.functional.silu`, called with our weights."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F


def peer() -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.silu(x)

    return theirs

"""Peer of the component: `torch.nn.functional.gelu`."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F


def peer() -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.gelu(x)

    return theirs

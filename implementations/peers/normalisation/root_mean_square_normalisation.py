"""Peer of the component: `F.rms_norm`, called with our weights."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"odd": {"width": 5, "epsilon": 0.1}}


def peer(*, width: int, epsilon: float) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.rms_norm(x, (width,), weights["gamma"], epsilon)

    return theirs

"""Peer of the component: `F.group_norm`, called with our weights."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"wide": {"channels": 8, "groups": 2, "epsilon": 0.1}}


def peer(*, groups: int, epsilon: float) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.group_norm(x, groups, weights["gamma"], weights["beta"], epsilon)

    return theirs

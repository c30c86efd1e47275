"""Peer of the component: `F.batch_norm`, called with our weights."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"slow": {"channels": 5, "epsilon": 0.1, "momentum": 0.01}}


def peer(*, epsilon: float, momentum: float) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor, training: bool = False) -> Tensor:
        parts = (weights[name] for name in ("running_mean", "running_var", "gamma", "beta"))
        return F.batch_norm(x, *parts, training, momentum, epsilon)

    return theirs

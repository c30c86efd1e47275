"""Peer of the component: `F.conv2d` and `F.batch_norm`, branch by branch."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"odd": {"channels": 5}}


def peer() -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor, training: bool = False) -> Tensor:
        def normalised(branch: Tensor, index: int) -> Tensor:
            names = ("running_mean", "running_var", "gamma", "beta")
            return F.batch_norm(branch, *(weights[f"norms.{index}.{name}"] for name in names), training)

        wide, narrow = F.conv2d(x, weights["wide"], padding="same"), F.conv2d(x, weights["narrow"])
        return normalised(wide, 0) + normalised(narrow, 1) + normalised(x, 2)

    return theirs

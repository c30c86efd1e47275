"""Peer of the component: `F.linear` and `F.gelu` on the transposed tokens."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"odd": {"tokens": 5, "hidden": 7}}


def peer() -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        hidden = F.gelu(F.linear(x.mT, weights["weight_in"], weights["bias_in"]))
        return F.linear(hidden, weights["weight_out"], weights["bias_out"]).mT

    return theirs

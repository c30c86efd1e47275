"""Peer of the component: two convolutions of width one, which the paper names as the same thing (sec. 3.3)."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"odd": {"width": 5, "hidden": 7}}


def peer() -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        hidden = F.conv1d(x.mT, weights["widen.weight"][..., None], weights["widen.bias"]).relu()
        return F.conv1d(hidden, weights["narrow.weight"][..., None], weights["narrow.bias"]).mT

    return theirs

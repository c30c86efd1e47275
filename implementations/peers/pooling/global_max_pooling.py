"""Peer of the component: `nn.AdaptiveMaxPool1d` over the elements."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"one-element": {"T": 1}}


def peer() -> Callable[..., Tensor]:
    """Return the peer as a function of our weights, of which there are none."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.adaptive_max_pool1d(x.mT, 1).squeeze(2)

    return theirs

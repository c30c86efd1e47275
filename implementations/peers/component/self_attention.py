"""Peer of the component: `F.scaled_dot_product_attention` on the projections, called with our weights."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"odd": {"width": 5}}


def peer() -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        q, k, v = (F.linear(x, weights[f"{name}.weight"]) for name in ("query", "key", "value"))
        return F.scaled_dot_product_attention(q, k, v)

    return theirs

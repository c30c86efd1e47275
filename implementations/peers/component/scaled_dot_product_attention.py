"""Peer of the component: `F.scaled_dot_product_attention`, called with our weights."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"causal": {"causal": True}}


def peer(*, causal: bool) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        return F.scaled_dot_product_attention(q, k, v, is_causal=causal)

    return theirs

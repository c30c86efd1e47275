"""Peer of the component: `F.scaled_dot_product_attention` without its scale, and a skip."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"mapped": {"mapped": True}, "linear": {"linear": True}}


def peer(*, mapped: bool, linear: bool) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], u: Tensor, m: Tensor, c: Tensor) -> Tensor:
        read = F.scaled_dot_product_attention(u[:, None], m, c, scale=1.0)
        if linear:
            read = u[:, None] @ m.mT @ c
        return (F.linear(u, weights["skip.weight"]) if mapped else u) + read[:, 0]

    return theirs

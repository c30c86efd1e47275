"""Peer of the component: `F.scaled_dot_product_attention` with grouped queries, of which there is one group."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"three-heads": {"width": 12, "heads": 3}}


def peer(*, heads: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor, memory: Tensor) -> Tensor:
        def projected(name: str, source: Tensor) -> Tensor:
            return F.linear(source, weights[f"{name}.weight"], weights[f"{name}.bias"])

        q = projected("query", x).unflatten(-1, (heads, -1)).transpose(1, 2)
        k, v = (projected(name, memory)[:, None] for name in ("key", "value"))
        mixed = F.scaled_dot_product_attention(q, k, v, enable_gqa=True)
        return projected("output", mixed.transpose(1, 2).flatten(2))

    return theirs

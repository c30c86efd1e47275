"""Peer of the component: `F.scaled_dot_product_attention`, which knows groups of heads itself."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"three-groups": {"width": 12, "heads": 6, "groups": 3}, "one-group": {"width": 6, "heads": 3, "groups": 1}}


def peer(*, heads: int, groups: int, bias: bool) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor, memory: Tensor) -> Tensor:
        def projected(name: str, source: Tensor) -> Tensor:
            return F.linear(source, weights[f"{name}.weight"], weights[f"{name}.bias"] if bias else None)

        q = projected("query", x).unflatten(-1, (heads, -1)).transpose(1, 2)
        k, v = (projected(name, memory).unflatten(-1, (groups, -1)).transpose(1, 2) for name in ("key", "value"))
        mixed = F.scaled_dot_product_attention(q, k, v, enable_gqa=True)
        return projected("output", mixed.transpose(1, 2).flatten(2))

    return theirs

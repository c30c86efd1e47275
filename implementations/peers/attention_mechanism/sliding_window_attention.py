"""Peer of sliding-window attention: the library's attention of all pairs, with a mask."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

SIZES = {"wide": {"reach": 3}, "itself": {"reach": 0}}


def peer(*, reach: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights, of which there are none."""

    def theirs(weights: dict[str, Tensor], q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        band = torch.ones(q.shape[1], q.shape[1], dtype=torch.bool).triu(-reach).tril(reach)
        return F.scaled_dot_product_attention(q, k, v, attn_mask=band)

    return theirs

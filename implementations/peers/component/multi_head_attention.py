"""Peer of multi-head attention: `F.multi_head_attention_forward`, which `nn.MultiheadAttention` calls."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

SIZES = {"three-heads": {"width": 9, "heads": 3}}


def peer(*, width: int, heads: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor, memory: Tensor) -> Tensor:
        projection, bias = (
            torch.cat([weights[f"{name}.{part}"] for name in ("query", "key", "value")]) for part in ("weight", "bias")
        )
        query, key = x.transpose(0, 1), memory.transpose(0, 1)  # the peer has the batch second
        mixed, _ = F.multi_head_attention_forward(
            query, key, key, width, heads, projection, bias, None, None, False, 0.0,
            weights["output.weight"], weights["output.bias"], need_weights=False,
        )  # fmt: skip
        return mixed.transpose(0, 1)

    return theirs

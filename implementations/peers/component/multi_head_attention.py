"""Peer of multi-head attention: `F.multi_head_attention_forward`, which `nn.MultiheadAttention` calls."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.component.multi_head_attention import MultiHeadAttention


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = MultiHeadAttention(width=8, heads=2)

    def theirs(weights: dict[str, Tensor], x: Tensor, memory: Tensor) -> Tensor:
        projection, bias = (
            torch.cat([weights[f"{name}.{part}"] for name in ("query", "key", "value")]) for part in ("weight", "bias")
        )
        query, key = x.transpose(0, 1), memory.transpose(0, 1)  # the peer has the batch second
        mixed, _ = F.multi_head_attention_forward(
            query, key, key, 8, 2, projection, bias, None, None, False, 0.0,
            weights["output.weight"], weights["output.bias"], need_weights=False,
        )  # fmt: skip
        return mixed.transpose(0, 1)

    return ours, theirs, ours.example_inputs(generator)

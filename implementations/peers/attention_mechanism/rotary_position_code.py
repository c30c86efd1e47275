"""Peer of the rotary position code: that of the RoFormer of transformers."""

from collections.abc import Callable

import torch
from torch import Tensor

from implementations.peers.transformers_models import import_transformers

SIZES = {"wide": {"width": 10}}


def peer(*, width: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights, of which there are none."""
    attention = import_transformers().models.roformer.modeling_roformer.RoFormerSelfAttention

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        queries, _ = attention.apply_rotary_position_embeddings(sines_and_cosines(x.shape[1], width), x, x)
        return queries

    return theirs


def sines_and_cosines(length: int, width: int) -> Tensor:
    """Return the table that the library has, `[T, d]`: sines, then cosines. The library has it in single precision."""
    frequencies = torch.logspace(0, -4, width // 2 + 1, dtype=torch.float64)[:-1]
    turns = torch.outer(torch.arange(length, dtype=torch.float64), frequencies)
    return torch.cat([turns.sin(), turns.cos()], 1)

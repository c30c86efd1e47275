"""Peer of pointer attention: PyG's `AttentionalAggregation`, whose values are the one-hot codes of the elements."""

from collections.abc import Callable

import torch
from torch import Tensor

from implementations.peers.attention_mechanism import additive_attention

SIZES = {"odd": {"query_features": 3, "key_features": 5, "units": 7}}


def peer() -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    attention = additive_attention.peer()

    def theirs(weights: dict[str, Tensor], q: Tensor, k: Tensor) -> Tensor:
        codes = torch.eye(k.shape[1], dtype=k.dtype).expand(len(k), -1, -1)
        return attention(weights, q, k, codes).log()

    return theirs

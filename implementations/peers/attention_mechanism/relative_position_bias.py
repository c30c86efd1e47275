"""Peer of the component: the bias of the T5 of transformers."""

from collections.abc import Callable
from importlib import import_module

import torch
from torch import Tensor

from implementations.peers.transformers_models import import_transformers

SIZES = {
    "three-heads": {"heads": 3, "ranges": 12, "reach": 40, "T": 90, "S": 70},
    "one-side": {"ranges": 6, "reach": 9, "causal": True, "T": 20, "S": 20},
}


def peer(*, heads: int, ranges: int, reach: int, causal: bool) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    models = import_transformers()
    layout = models.T5Config(
        num_heads=heads,
        relative_attention_num_buckets=ranges,
        relative_attention_max_distance=reach,
        is_decoder=causal,
    )
    inside = import_module("transformers.models.t5.modeling_t5")
    module = inside.T5Attention(layout, has_relative_attention_bias=True, layer_idx=0)

    def theirs(weights: dict[str, Tensor], scores: Tensor) -> Tensor:
        queries, keys = scores.shape[-2:]
        distances = torch.arange(keys) - torch.arange(queries)[:, None]
        buckets = module._relative_position_bucket(distances, not causal, ranges, reach)
        return scores + torch.nn.functional.embedding(buckets, weights["weight"]).permute(2, 0, 1)

    return theirs

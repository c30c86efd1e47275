"""Peer of the component: the block of the mask decoder of transformers' segment anything model."""

from collections.abc import Callable
from importlib import import_module

import torch
from torch import Tensor

from implementations.peers.dense_prediction.segment_anything import DECODER, PROJECTIONS
from implementations.peers.transformers_models import import_transformers

SIZES = {"wide": {"width": 12, "heads": 3, "hidden": 5}, "first": {"first": True}}


def peer(*, width: int, heads: int, hidden: int, first: bool) -> Callable[..., tuple[Tensor, Tensor]]:
    """Return the peer as a function of our weights."""
    config = import_transformers().SamMaskDecoderConfig(
        hidden_size=width, num_attention_heads=heads, mlp_dim=hidden, layer_norm_eps=1e-5, attn_implementation="sdpa"
    )
    models = import_module("transformers.models.sam.modeling_sam")
    module = models.SamTwoWayAttentionBlock(config, skip_first_layer_pe=first).double()

    def theirs(
        weights: dict[str, Tensor], t: Tensor, z: Tensor, t_code: Tensor, z_code: Tensor
    ) -> tuple[Tensor, Tensor]:
        named = {}
        for name, value in weights.items():
            inside, _, part = name.rpartition(".")
            attention, _, projection = inside.partition(".")
            start = f"{DECODER[attention]}.{PROJECTIONS[projection]}" if attention in DECODER else DECODER[inside]
            named[f"{start}.{part}"] = value
        inputs = tuple(each[:, None] for each in (t, z, t_code, z_code))
        tokens, features, _ = torch.func.functional_call(module, named, (*inputs, None))
        return tokens[:, 0], features[:, 0]

    return theirs

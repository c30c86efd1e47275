"""Peer of the component: the attention of the image encoder of transformers' segment anything model."""

from collections.abc import Callable
from importlib import import_module

import torch
from torch import Tensor

from implementations.peers.transformers_models import import_transformers

SIZES = {"wide": {"width": 12, "heads": 3, "side": 4}}
NAMES = {"query_key_value": "qkv", "output": "proj"}


def peer(*, width: int, heads: int, side: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    config = import_transformers().SamVisionConfig(
        hidden_size=width, num_attention_heads=heads, image_size=side, patch_size=1
    )
    models = import_module("transformers.models.sam.modeling_sam")
    module = models.SamVisionSdpaAttention(config, window_size=0).double()

    def theirs(weights: dict[str, Tensor], z: Tensor) -> Tensor:
        named = {"rel_pos_h": weights["rows"], "rel_pos_w": weights["columns"]}
        for ours, name in NAMES.items():
            named |= {f"{name}.{part}": weights[f"{ours}.{part}"] for part in ("weight", "bias")}
        return torch.func.functional_call(module, named, (z,))[0]

    return theirs

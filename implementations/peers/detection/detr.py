"""Peer of DETR: transformers', with its own residual network and position codes."""

from collections.abc import Callable, Sequence
from itertools import groupby

import torch
from torch import Tensor

from implementations.peers.transformers_models import import_transformers

SIZES = {
    "deeper": {
        "block": "bottleneck", "blocks": [2, 1, 1], "backbone_width": 3, "in_channels": 2, "width": 12, "heads": 3,
        "layers": 2, "queries": 5, "classes": 6,
    }
}  # fmt: skip


def peer(
    *,
    block: str,
    blocks: Sequence[int],
    backbone_width: int,
    in_channels: int,
    width: int,
    heads: int,
    layers: int,
    hidden: int,
    queries: int,
    classes: int,
) -> Callable[..., tuple[Tensor, Tensor]]:
    """Return the peer as a function of our weights."""
    library = import_transformers()
    expansion = {"basic": 1, "bottleneck": 4}[block]
    backbone = library.ResNetConfig(
        num_channels=in_channels,
        embedding_size=backbone_width,
        hidden_sizes=[expansion * backbone_width * 2**stage for stage in range(len(blocks))],
        depths=list(blocks),
        layer_type=block,
        out_features=[f"stage{len(blocks)}"],
    )
    config = library.DetrConfig(
        use_timm_backbone=False,
        backbone_config=backbone,
        d_model=width,
        encoder_layers=layers,
        decoder_layers=layers,
        encoder_attention_heads=heads,
        decoder_attention_heads=heads,
        encoder_ffn_dim=hidden,
        decoder_ffn_dim=hidden,
        num_queries=queries,
        num_labels=classes - 1,
        dropout=0.0,
    )
    module = library.DetrForObjectDetection(config).double()
    names = list(module.state_dict())

    def translated(weights: dict[str, Tensor]) -> dict[str, Tensor]:
        """Name our weights as the peer does: its blocks start with their shortcuts, ours with their branches."""
        inside = [name for name in names if "backbone" in name]
        order = [
            name
            for _, layer in groupby(inside, key=lambda name: name.partition(".layer.")[0].partition(".shortcut.")[0])
            for name in sorted(layer, key=lambda name: ".shortcut." in name)
        ]
        ours = [value for name, value in weights.items() if "backbone" in name and "num_batches" not in name]
        named = dict(zip(order, ours, strict=True))
        return named | {name: weights[_ours(name)] for name in names if name not in named}

    def theirs(weights: dict[str, Tensor], x: Tensor, training: bool = False) -> tuple[Tensor, Tensor]:
        found = torch.func.functional_call(module.train(training), translated(weights), (x,))
        return found.logits, found.pred_boxes

    return theirs


RENAMED = {
    "model.decoder.layernorm": "norm",
    "model.query_position_embeddings": "queries",
    "model.input_projection": "projection",
    "class_labels_classifier": "class_head",
    "bbox_predictor.layers.0": "box_head.0",
    "bbox_predictor.layers.1": "box_head.2",
    "bbox_predictor.layers.2": "box_head.4",
    "model.": "",
    ".layers.": ".",
    "self_attn_layer_norm": "self_norm",
    "encoder_attn_layer_norm": "cross_norm",
    "final_layer_norm": "feed_forward_norm",
    "self_attn": "self_attention",
    "encoder_attn": "cross_attention",
    "q_proj": "query",
    "k_proj": "key",
    "v_proj": "value",
    "o_proj": "output",
    "mlp.fc1": "feed_forward.widen",
    "mlp.fc2": "feed_forward.narrow",
}


def _ours(name: str) -> str:
    for theirs, ours in RENAMED.items():
        name = name.replace(theirs, ours)
    return name

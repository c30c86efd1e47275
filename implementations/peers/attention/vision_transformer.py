"""Peer of the Vision Transformer: timm's."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from implementations.peers.modules import with_our_weights
from implementations.peers.timm_models import import_timm

SIZES = {
    "wide": {"image": [6, 4], "patch": 2, "in_channels": 1, "width": 12, "heads": 3, "hidden": 20, "classes": 3},
    "deep": {"image": [9, 9], "patch": 3, "width": 6, "heads": 1, "hidden": 5, "blocks": 3},
}
INSIDE = {"attention_norm": "norm1", "attention.output": "attn.proj", "perceptron_norm": "norm2"}
OUTSIDE = {"norm": "norm", "classifier": "head"}
CONFIGURATIONS = {
    "vit": {
        "arguments": {
            "image": "(image_size, image_size)",
            "patch": "patch_size",
            "in_channels": "num_channels",
            "width": "hidden_size",
            "heads": "num_attention_heads",
            "hidden": "intermediate_size",
            "blocks": "num_hidden_layers",
            "classes": "len(id2label) or 2",
        },
        "only": {"hidden_act": ["gelu"], "qkv_bias": [True], "layer_norm_eps": [1e-6]},
    }
}


def peer(
    *,
    image: Sequence[int],
    patch: int,
    in_channels: int,
    width: int,
    heads: int,
    hidden: int,
    blocks: int,
    classes: int,
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    module = import_timm("models.vision_transformer").VisionTransformer(
        img_size=tuple(image),
        patch_size=patch,
        in_chans=in_channels,
        embed_dim=width,
        num_heads=heads,
        mlp_ratio=(hidden + 0.5) / width,  # timm multiplies by the width and rounds down
        depth=blocks,
        num_classes=classes,
    )

    def translated(weights: dict[str, Tensor]) -> dict[str, Tensor]:
        filters = weights["embedding.linear.weight"].view(width, in_channels, patch, patch)
        named = {
            "cls_token": weights["class_token.token"].view(1, 1, -1),
            "pos_embed": weights["code.weight"][None],
            "patch_embed.proj.weight": filters,  # timm embeds patches by a convolution, whose filters are our rows
            "patch_embed.proj.bias": weights["embedding.linear.bias"],
        }
        for part in ("weight", "bias"):
            named |= {f"{theirs}.{part}": weights[f"{ours}.{part}"] for ours, theirs in OUTSIDE.items()}
            for block in range(blocks):
                named |= block_of(weights, f"blocks.{block}.", part)
        return named

    return with_our_weights(module.double(), translated)


def block_of(weights: dict[str, Tensor], prefix: str, part: str) -> dict[str, Tensor]:
    """Return the weights or the biases of a block by timm's names; it has queries, keys and values in one matrix."""
    in_one = torch.cat([weights[f"{prefix}attention.{name}.{part}"] for name in ("query", "key", "value")])
    return {
        f"{prefix}attn.qkv.{part}": in_one,
        f"{prefix}mlp.fc1.{part}": weights[f"{prefix}perceptron.0.{part}"],
        f"{prefix}mlp.fc2.{part}": weights[f"{prefix}perceptron.2.{part}"],
        **{f"{prefix}{theirs}.{part}": weights[f"{prefix}{ours}.{part}"] for ours, theirs in INSIDE.items()},
    }


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    model = import_timm("models").create_model("vit_base_patch16_224")
    return "base-16", model, {"x": torch.randn(1, 3, 224, 224, generator=generator)}

"""Peer of the masked autoencoder: that of transformers, which needs square images."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn

from implementations.peers.transformers_models import import_transformers

SIZES = {
    "wide": {
        "image": [6, 6],
        "patch": 3,
        "in_channels": 1,
        "masked": 0.5,
        "width": 12,
        "heads": 3,
        "decoder_blocks": 2,
    },
    "all-but-one": {"image": [8, 8], "patch": 4, "blocks": 1, "decoder_width": 8, "decoder_heads": 2},
}
INSIDE = {
    "attention_norm": "layernorm_before",
    "attention.query": "attention.q_proj",
    "attention.key": "attention.k_proj",
    "attention.value": "attention.v_proj",
    "attention.output": "attention.o_proj",
    "perceptron_norm": "layernorm_after",
    "perceptron.0": "mlp.fc1",
    "perceptron.2": "mlp.fc2",
}
OUTSIDE = {
    "encoder.norm": "vit.layernorm",
    "decoder.embedding": "decoder.decoder_embed",
    "decoder.norm": "decoder.decoder_norm",
}
CONFIGURATIONS = {
    "vit_mae": {
        "arguments": {
            "image": "(image_size, image_size)",
            "patch": "patch_size",
            "in_channels": "num_channels",
            "masked": "mask_ratio",
            "width": "hidden_size",
            "heads": "num_attention_heads",
            "hidden": "intermediate_size",
            "blocks": "num_hidden_layers",
            "decoder_width": "decoder_hidden_size",
            "decoder_heads": "decoder_num_attention_heads",
            "decoder_hidden": "decoder_intermediate_size",
            "decoder_blocks": "decoder_num_hidden_layers",
        },
        "only": {"hidden_act": ["gelu"], "qkv_bias": [True], "layer_norm_eps": [1e-6]},
    }
}


def peer(
    *,
    image: Sequence[int],
    patch: int,
    in_channels: int,
    masked: float,
    width: int,
    heads: int,
    hidden: int,
    blocks: int,
    decoder_width: int,
    decoder_heads: int,
    decoder_hidden: int,
    decoder_blocks: int,
) -> Callable[..., tuple[Tensor, Tensor]]:
    """Return the peer as a function of our weights."""
    if image[0] != image[1]:
        raise NotImplementedError("the library's images are square")
    encoder = {
        "hidden_size": width,
        "num_attention_heads": heads,
        "intermediate_size": hidden,
        "num_hidden_layers": blocks,
    }
    decoder = {
        "decoder_hidden_size": decoder_width,
        "decoder_num_attention_heads": decoder_heads,
        "decoder_intermediate_size": decoder_hidden,
        "decoder_num_hidden_layers": decoder_blocks,
    }
    module = model(image[0], patch, in_channels, masked, encoder | decoder).double()

    def theirs(weights: dict[str, Tensor], x: Tensor, noise: Tensor, training: bool = False) -> tuple[Tensor, Tensor]:
        named = translated(weights, module.config)
        found = torch.func.functional_call(module.train(training), named, (x,), {"noise": noise})
        return module.unpatchify(found.logits), found.mask.to(x.dtype)

    return theirs


def model(
    image: int, patch: int, channels: int, masked: float, sizes: dict[str, int], normalised: bool = True
) -> nn.Module:
    """Return the library's model of some sizes, by its names, without dropout."""
    library = import_transformers()
    layout = library.ViTMAEConfig(
        image_size=image,
        patch_size=patch,
        num_channels=channels,
        mask_ratio=masked,
        layer_norm_eps=1e-6,
        norm_pix_loss=normalised,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        attn_implementation="sdpa",  # the other one rounds weights to 32 bits
        **sizes,
    )
    return library.ViTMAEForPreTraining(layout)


def translated(weights: dict[str, Tensor], layout: Any) -> dict[str, Tensor]:
    """Return our weights by the library's names; it lists the numbers of a patch pixel by pixel."""
    side, channels = layout.patch_size, layout.num_channels
    rows = layout.image_size // side
    embedding = weights["encoder.embedding.linear.weight"]
    named = {
        "vit.embeddings.cls_token": weights["encoder.class_token.token"].view(1, 1, -1),
        "vit.embeddings.patch_embeddings.projection.weight": embedding.unflatten(1, (channels, side, side)),
        "vit.embeddings.patch_embeddings.projection.bias": weights["encoder.embedding.linear.bias"],
        "vit.embeddings.position_embeddings": codes(layout.hidden_size, rows),
        "decoder.mask_token": weights["decoder.mask_token"].view(1, 1, -1),
        "decoder.decoder_pos_embed": codes(layout.decoder_hidden_size, rows),
    }
    names = dict(OUTSIDE)
    for ours, theirs, count in (
        ("encoder", "vit.layers", layout.num_hidden_layers),
        ("decoder", "decoder.decoder_layers", layout.decoder_num_hidden_layers),
    ):
        names |= {
            f"{ours}.blocks.{n}.{here}": f"{theirs}.{n}.{there}" for n in range(count) for here, there in INSIDE.items()
        }
    for part in ("weight", "bias"):
        read_out = weights[f"decoder.read_out.{part}"].unflatten(0, (channels, side, side))
        named[f"decoder.decoder_pred.{part}"] = read_out.movedim(0, 2).flatten(0, 2)
        named |= {f"{theirs}.{part}": weights[f"{ours}.{part}"] for ours, theirs in names.items()}
    return named


def codes(width: int, rows: int) -> Tensor:
    """Return the library's codes of a square grid after that of the class token; its model puts columns first."""
    library = import_module("transformers.models.vit_mae.modeling_vit_mae")
    found = library.build_2d_sinusoidal_position_embedding(rows, rows, width, cls_token=True, dtype=torch.float64)
    return found.roll(width // 2, 1)[None]

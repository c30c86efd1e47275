"""Peer of the segment anything model: that of transformers, run example by example, with and without a mask."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from implementations.peers.transformers_models import import_transformers

SIZES = {
    "wide": {
        "image": 10,
        "patch": 2,
        "in_channels": 1,
        "encoder_width": 6,
        "encoder_heads": 3,
        "blocks": 3,
        "everywhere": [0, 2],
        "window": 2,
        "width": 24,
        "heads": 3,
        "mask_channels": 16,
        "masks": 3,
    }
}
ENCODER = {
    "attention_norm": "layer_norm1",
    "attention.query_key_value": "attn.qkv",
    "attention.output": "attn.proj",
    "perceptron_norm": "layer_norm2",
    "perceptron.0": "mlp.lin1",
    "perceptron.2": "mlp.lin2",
}
DECODER = {
    "among_tokens": "self_attn",
    "to_image": "cross_attn_token_to_image",
    "to_tokens": "cross_attn_image_to_token",
    "norms.0": "layer_norm1",
    "norms.1": "layer_norm2",
    "norms.2": "layer_norm3",
    "norms.3": "layer_norm4",
    "perceptron.0": "mlp.lin1",
    "perceptron.2": "mlp.lin2",
}
PROJECTIONS = {"query": "q_proj", "key": "k_proj", "value": "v_proj", "output": "out_proj"}
OUTSIDE = {
    "neck.0": "vision_encoder.neck.conv1",
    "neck.1": "vision_encoder.neck.layer_norm1",
    "neck.2": "vision_encoder.neck.conv2",
    "neck.3": "vision_encoder.neck.layer_norm2",
    "mask_encoder.0": "prompt_encoder.mask_embed.conv1",
    "mask_encoder.1": "prompt_encoder.mask_embed.layer_norm1",
    "mask_encoder.3": "prompt_encoder.mask_embed.conv2",
    "mask_encoder.4": "prompt_encoder.mask_embed.layer_norm2",
    "mask_encoder.6": "prompt_encoder.mask_embed.conv3",
    "norm": "mask_decoder.transformer.layer_norm_final_attn",
    "upscale.0": "mask_decoder.upscale_conv1",
    "upscale.1": "mask_decoder.upscale_layer_norm",
    "upscale.3": "mask_decoder.upscale_conv2",
}
PERCEPTRON = {"0": "proj_in", "2": "layers.0", "4": "proj_out"}


def configured(
    *,
    image: int,
    patch: int,
    in_channels: int,
    encoder_width: int,
    encoder_heads: int,
    encoder_hidden: int,
    blocks: int,
    everywhere: Sequence[int],
    window: int,
    width: int,
    heads: int,
    hidden: int,
    decoder_blocks: int,
    mask_channels: int,
    quality_hidden: int,
    masks: int,
) -> Any:
    """Return the library's configuration; in its decoder the norms have the epsilon of the authors' code."""
    library = import_transformers()
    return library.SamConfig(
        vision_config={
            "hidden_size": encoder_width,
            "output_channels": width,
            "num_hidden_layers": blocks,
            "num_attention_heads": encoder_heads,
            "num_channels": in_channels,
            "image_size": image,
            "patch_size": patch,
            "window_size": window,
            "global_attn_indexes": list(everywhere),
            "num_pos_feats": width // 2,
            "mlp_dim": encoder_hidden,
        },
        prompt_encoder_config={
            "hidden_size": width,
            "image_size": image,
            "patch_size": patch,
            "mask_input_channels": mask_channels,
        },
        mask_decoder_config={
            "hidden_size": width,
            "mlp_dim": hidden,
            "num_hidden_layers": decoder_blocks,
            "num_attention_heads": heads,
            "num_multimask_outputs": masks - 1,
            "iou_head_hidden_dim": quality_hidden,
            "layer_norm_eps": 1e-5,
        },
        attn_implementation="sdpa",  # the other casts its softmax to 32 bits
    )


def peer(
    *,
    image: int,
    patch: int,
    in_channels: int,
    encoder_width: int,
    encoder_heads: int,
    encoder_hidden: int,
    blocks: int,
    everywhere: Sequence[int],
    window: int,
    width: int,
    heads: int,
    hidden: int,
    decoder_blocks: int,
    mask_channels: int,
    quality_hidden: int,
    masks: int,
) -> Callable[..., tuple[Tensor, Tensor]]:
    """Return the peer as a function of our weights."""
    module = (
        import_transformers()
        .SamModel(
            configured(
                image=image,
                patch=patch,
                in_channels=in_channels,
                encoder_width=encoder_width,
                encoder_heads=encoder_heads,
                encoder_hidden=encoder_hidden,
                blocks=blocks,
                everywhere=everywhere,
                window=window,
                width=width,
                heads=heads,
                hidden=hidden,
                decoder_blocks=decoder_blocks,
                mask_channels=mask_channels,
                quality_hidden=quality_hidden,
                masks=masks,
            )
        )
        .double()
    )

    def theirs(
        weights: dict[str, Tensor], x: Tensor, points: Tensor, labels: Tensor, mask: Tensor, given: Tensor
    ) -> tuple[Tensor, Tensor]:
        named = translated(weights, masks, image // patch, (encoder_width, in_channels, patch, patch))
        found: list[tuple[Tensor, Tensor]] = []
        for number in range(len(x)):
            known = (labels[number] == 0) | (labels[number] == 1)  # without a box, it adds a token for no point
            corners = points[number, labels[number] >= 2].flatten()
            inputs = {
                "pixel_values": x[number, None],
                "input_points": points[number, known][None, None],
                "input_labels": labels[number, known][None, None],
                "input_boxes": corners[None, None] if len(corners) else None,
                "input_masks": mask[number, None, None] if given[number] else None,
            }
            one, several = (
                torch.func.functional_call(module, named, (), {**inputs, "multimask_output": flag})
                for flag in (False, True)
            )
            found.append(
                (
                    torch.cat([one.pred_masks, several.pred_masks], 2)[0, 0],
                    torch.cat([one.iou_scores, several.iou_scores], 2)[0, 0],
                )
            )
        return torch.stack([each[0] for each in found]), torch.stack([each[1] for each in found])

    return theirs


def translated(weights: dict[str, Tensor], masks: int, side: int, patches: tuple[int, ...]) -> dict[str, Tensor]:
    """Return our weights by the library's names."""
    named = {
        "vision_encoder.patch_embed.projection.weight": weights["embedding.linear.weight"].view(patches),
        "vision_encoder.patch_embed.projection.bias": weights["embedding.linear.bias"],
        "vision_encoder.pos_embed": weights["code.weight"].view(1, side, side, -1),
        "shared_image_embedding.positional_embedding": weights["place_code.frequencies"],
        "prompt_encoder.shared_embedding.positional_embedding": weights["place_code.frequencies"],
        "prompt_encoder.not_a_point_embed.weight": weights["no_point"][None],
        "prompt_encoder.no_mask_embed.weight": weights["no_mask"][None],
        "mask_decoder.iou_token.weight": weights["tokens"][:1],
        "mask_decoder.mask_tokens.weight": weights["tokens"][1:],
    }
    named |= {f"prompt_encoder.point_embed.{kind}.weight": weights["kinds"][kind, None] for kind in range(4)}
    names = dict(OUTSIDE)
    names |= {
        f"to_image.{ours}": f"mask_decoder.transformer.final_attn_token_to_image.{theirs}"
        for ours, theirs in PROJECTIONS.items()
    }
    names |= {f"quality.{ours}": f"mask_decoder.iou_prediction_head.{theirs}" for ours, theirs in PERCEPTRON.items()}
    for number in range(masks):
        names |= {
            f"mask_weights.{number}.{ours}": f"mask_decoder.output_hypernetworks_mlps.{number}.{theirs}"
            for ours, theirs in PERCEPTRON.items()
        }
    for name, value in weights.items():
        parent, _, part = name.rpartition(".")
        if parent in names:
            named[f"{names[parent]}.{part}"] = value
        elif name.startswith("blocks."):
            number, _, rest = name.removeprefix("blocks.").partition(".")
            start = f"vision_encoder.layers.{number}."
            if rest in ("attention.rows", "attention.columns"):
                named[start + "attn.rel_pos_" + {"rows": "h", "columns": "w"}[part]] = value
            else:
                named[f"{start}{ENCODER[rest.rpartition('.')[0]]}.{part}"] = value
        elif name.startswith("decoder."):
            number, _, rest = name.removeprefix("decoder.").partition(".")
            inside = rest.rpartition(".")[0]
            attention, _, projection = inside.partition(".")
            theirs = f"{DECODER[attention]}.{PROJECTIONS[projection]}" if attention in DECODER else DECODER[inside]
            named[f"mask_decoder.transformer.layers.{number}.{theirs}.{part}"] = value
    return named

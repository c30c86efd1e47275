"""Peer of the Swin Transformer: torchvision's, which completes windows before it shifts them, as ours does."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from implementations.peers.modules import with_our_weights
from implementations.peers.timm_models import import_timm
from implementations.peers.torchvision_swin import attention_weights, import_swin

SIZES = {
    "wide": {"in_channels": 1, "patch": 1, "width": 6, "heads": [3], "blocks": [3], "window": 3, "classes": 3},
    "deep": {"patch": 1, "width": 2, "heads": [1, 1, 2], "blocks": [2, 1, 2], "window": 2, "expansion": 3},
    "patches-of-four": {"patch": 4, "H": 16, "W": 24},
}
INSIDE = {
    "attention_norm": "norm1",
    "perceptron_norm": "norm2",
    "perceptron.0": "mlp.0",
    "perceptron.2": "mlp.3",  # after a unit and dropout
}
OUTSIDE = {"embedding_norm": "features.0.2", "norm": "norm", "classifier": "head"}
MERGING = ("norm.weight", "norm.bias", "reduction.weight")


def peer(
    *,
    in_channels: int,
    patch: int,
    width: int,
    heads: Sequence[int],
    blocks: Sequence[int],
    window: int,
    expansion: int,
    classes: int,
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    module = import_swin().SwinTransformer(
        patch_size=[patch, patch],
        embed_dim=width,
        depths=list(blocks),
        num_heads=list(heads),
        window_size=[window, window],
        mlp_ratio=expansion,
        stochastic_depth_prob=0.0,
        num_classes=classes,
    )
    module.features[0][0] = nn.Conv2d(in_channels, width, patch, stride=patch)  # the library's has three channels

    def translated(weights: dict[str, Tensor]) -> dict[str, Tensor]:
        named = {
            "features.0.0.weight": weights["embedding.linear.weight"].view(width, in_channels, patch, patch),
            "features.0.0.bias": weights["embedding.linear.bias"],
        }
        for part in ("weight", "bias"):
            named |= {f"{theirs}.{part}": weights[f"{ours}.{part}"] for ours, theirs in OUTSIDE.items()}
        for stage, count in enumerate(blocks):
            first = 1 if stage else 0  # merging is the first layer of our stages, and one of its own there
            if stage:
                merging = {name: weights[f"stages.{stage}.0.{name}"] for name in MERGING}
                named |= {f"features.{2 * stage}.{name}": value for name, value in merging.items()}
            for block in range(count):
                theirs = f"features.{2 * stage + 1}.{block}."
                named |= block_of(weights, f"stages.{stage}.{first + block}.", theirs)
        return named

    return with_our_weights(module.double(), translated)


def block_of(weights: dict[str, Tensor], ours: str, theirs: str) -> dict[str, Tensor]:
    """Return the weights of a block by the library's names."""
    attention = attention_weights(weights, f"{ours}attention.")
    return {f"{theirs}attn.{name}": value for name, value in attention.items()} | {
        f"{theirs}{there}.{part}": weights[f"{ours}{here}.{part}"]
        for here, there in INSIDE.items()
        for part in ("weight", "bias")
    }


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    model = import_timm("models").create_model("swin_tiny_patch4_window7_224")
    return "tiny", model, {"x": torch.randn(1, 3, 224, 224, generator=generator)}

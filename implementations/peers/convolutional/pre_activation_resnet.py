"""Peer of the pre-activation residual network: timm's, with the same layout."""

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from implementations.peers.modules import with_our_weights
from implementations.peers.timm_models import import_timm

SIZES = {"three-stages": {"block": "bottleneck", "blocks": [2, 1, 2], "width": 6, "in_channels": 2, "classes": 4}}


def peer(*, block: str, blocks: Sequence[int]) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights, which determine its widths."""
    layers = import_timm("layers")
    expansion = {"basic": 1, "bottleneck": 4}[block]
    module = import_timm("models.resnetv2").ResNetV2(
        list(blocks),
        channels=tuple(8 * expansion * 2**stage for stage in range(len(blocks))),
        stem_chs=8,
        basic=block == "basic",
        conv_layer=partial(layers.create_conv2d, bias=False),
        norm_layer=layers.BatchNormAct2d,
    )
    names = list(module.state_dict())  # both define their layers in the same order

    def translated(weights: dict[str, Tensor]) -> dict[str, Tensor]:
        named = dict(zip(names, weights.values(), strict=True))
        return named | {"head.fc.weight": named["head.fc.weight"][:, :, None, None]}  # a convolution

    return with_our_weights(module, translated)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return (
        "resnetv2-50",
        import_timm("models").create_model("resnetv2_50"),
        {"x": torch.randn(2, 3, 160, 160, generator=generator)},
    )

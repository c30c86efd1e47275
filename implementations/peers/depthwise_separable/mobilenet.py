"""Peer of MobileNet: timm's, with the same layout."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from implementations.peers.modules import with_our_weights
from implementations.peers.timm_models import import_timm

SIZES = {"odd": {"widths": [5, 7, 3, 9], "strides": [1, 2, 2], "in_channels": 2, "classes": 4}}


def peer(*, widths: Sequence[int], strides: Sequence[int], multiplier: float) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    first, *others = (int(multiplier * width) for width in widths)
    layout = [[f"dsa_r1_k3_s{stride}_c{width}"] for width, stride in zip(others, strides, strict=True)]
    blocks = import_timm("models._efficientnet_builder").decode_arch_def(layout)
    module = import_timm("models.efficientnet").EfficientNet(
        blocks, num_features=0, stem_size=first, fix_stem=True, act_layer=nn.ReLU, round_chs_fn=int
    )
    return with_our_weights(module)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return (
        "mobilenet-v1",
        import_timm("models").create_model("mobilenetv1_100", act_layer=nn.ReLU),
        {"x": torch.randn(2, 3, 160, 160, generator=generator)},
    )

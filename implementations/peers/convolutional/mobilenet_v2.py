"""Peer of MobileNetV2: torchvision's, with our stages."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from implementations.peers.modules import with_our_weights
from implementations.peers.torchvision_models import import_torchvision

SIZES = {"odd": {"stages": [[1, 5, 2, 1], [3, 7, 2, 2], [2, 7, 1, 1]], "stem": 6, "last": 9, "in_channels": 2}}


def peer(*, stages: Sequence[Sequence[int]], stem: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights; its stem has 32 channels, so all widths are given as its shares."""
    wide = [[expansion, width * 32 / stem, blocks, stride] for expansion, width, blocks, stride in stages]
    with torch.device("meta"):
        module = import_torchvision().models.MobileNetV2(
            width_mult=stem / 32, inverted_residual_setting=wide, round_nearest=1
        )
    return with_our_weights(module)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return (
        "mobilenet-v2",
        import_torchvision().models.mobilenet_v2(),
        {"x": torch.randn(2, 3, 160, 160, generator=generator)},
    )

"""Peer of Xception: timm's, with blocks of our widths."""

from collections.abc import Callable, Sequence
from itertools import groupby

import torch
from torch import Tensor, nn

from implementations.peers.modules import with_our_weights
from implementations.peers.timm_models import import_timm

SIZES = {"deeper": {"stem": [3, 5], "entry": [7, 8, 9], "middle": 2, "exit": [6, 11, 13], "in_channels": 2}}


def peer(
    *, stem: Sequence[int], entry: Sequence[int], middle: int, exit: Sequence[int], in_channels: int, classes: int
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights; blocks that we do not have are left out of it."""
    models = import_timm("models.xception")
    with torch.device("meta"):
        module = models.Xception(num_classes=classes, in_chans=in_channels)
        shrinking = [
            models.Block(inputs, outputs, 2, 2, start_with_relu=index > 0)
            for index, (inputs, outputs) in enumerate(zip([stem[1], *entry], entry, strict=False))
        ]
        equal = [models.Block(entry[-1], entry[-1], 3, 1) for _ in range(middle)]
        for first, most, blocks in [(1, 3, shrinking), (4, 8, equal)]:
            for index, each in enumerate([*blocks, *[nn.Identity()] * (most - len(blocks))]):
                setattr(module, f"block{first + index}", each)
        module.block12 = models.Block(entry[-1], exit[0], 2, 2, grow_first=False)
        module.conv3 = models.SeparableConv2d(exit[0], exit[1], 3, 1, 1)
        module.conv4 = models.SeparableConv2d(exit[1], exit[2], 3, 1, 1)
    names = [  # its blocks start with their shortcuts, ours with their branches
        name
        for _, layer in groupby(module.state_dict(), key=lambda name: name.partition(".")[0])
        for name in sorted(layer, key=lambda name: ".skip" in name)
    ]
    return with_our_weights(module, lambda weights: dict(zip(names, weights.values(), strict=True)))


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return (
        "xception",
        import_timm("models").create_model("legacy_xception"),
        {"x": torch.randn(2, 3, 160, 160, generator=generator)},
    )

"""Peer of ConvNeXt: timm's."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from implementations.peers.modules import with_our_weights
from implementations.peers.timm_models import import_timm

SIZES = {
    "three-stages": {"blocks": [1, 2, 1], "widths": [3, 5, 6], "patch": 2, "in_channels": 2, "classes": 4},
    "one-stage": {"blocks": [2], "widths": [7], "patch": 3, "in_channels": 1, "classes": 3},
}


def peer(
    *, blocks: Sequence[int], widths: Sequence[int], patch: int, in_channels: int, classes: int
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights; of its four stages those that we have.

    Both have them in the same order, except the layer scales: those of a block are first in timm's, and last in ours.
    """
    missing = 4 - len(blocks)
    module = import_timm("models.convnext").ConvNeXt(
        depths=(*blocks, *[1] * missing),
        dims=(*widths, *[widths[-1]] * missing),
        patch_size=patch,
        in_chans=in_channels,
        num_classes=classes,
    )
    module.stages = module.stages[: len(blocks)]
    module.stages[0].downsample = nn.Identity()  # timm halves the resolution there too after patches of 2 by 2
    names = sorted(module.state_dict(), key=lambda name: name.endswith("gamma"))

    def translated(weights: dict[str, Tensor]) -> dict[str, Tensor]:
        ours = sorted(weights, key=lambda name: name.endswith("branch.scale.scale"))
        return {theirs: weights[name] for theirs, name in zip(names, ours, strict=True)}

    return with_our_weights(module.double(), translated)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    model = import_timm("models").create_model("convnext_tiny")
    return "tiny", model, {"x": torch.randn(2, 3, 160, 160, generator=generator)}

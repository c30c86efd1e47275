"""Peer of VGG: torchvision's, with its layout of convolutions."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from implementations.peers.modules import with_our_weights
from implementations.peers.torchvision_models import import_torchvision

SIZES = {
    "three-blocks": {
        "blocks": [1, 1, 2],
        "widths": [5, 3, 7],
        "hidden": 6,
        "in_channels": 2,
        "image": 24,
        "classes": 4,
    }
}


def peer(*, blocks: Sequence[int], widths: Sequence[int]) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    models = import_torchvision().models.vgg
    layout = [layer for depth, width in zip(blocks, widths, strict=True) for layer in (*[width] * depth, "M")]
    with torch.device("meta"):
        module = models.VGG(models.make_layers(layout), init_weights=False)
    module.avgpool = nn.Identity()  # the maps already have the size that the dense layers need
    return with_our_weights(module)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return "vgg-11", import_torchvision().models.vgg11(), {"x": torch.randn(1, 3, 224, 224, generator=generator)}

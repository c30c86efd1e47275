"""Peer of AlexNet: torchvision's, which has one tower and no response normalisation."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.peers.modules import with_our_weights
from implementations.peers.torchvision_models import import_torchvision

SIZES = {
    "grey": {
        "towers": 1,
        "border": 2,
        "normalise": False,
        "channels": [6, 5, 7, 4, 3],
        "hidden": 9,
        "in_channels": 1,
        "image": 96,
        "classes": 4,
    }
}


def peer(*, towers: int, border: int, normalise: bool) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    if (towers, border, normalise) != (1, 2, False):
        raise NotImplementedError("torchvision's has one tower, a border of two pixels and no response normalisation")
    with torch.device("meta"):
        module = import_torchvision().models.AlexNet()
    module.avgpool = nn.Identity()  # this layer would repeat the positions of small images
    return with_our_weights(module)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return (
        "torchvision",
        import_torchvision().models.alexnet(),
        {"x": torch.randn(2, 3, 224, 224, generator=generator)},
    )

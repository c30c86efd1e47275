"""Peer of the densely connected network: torchvision's."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from implementations.peers.modules import with_our_weights
from implementations.peers.torchvision_models import import_torchvision

SIZES = {"three-blocks": {"blocks": [2, 3, 1], "growth": 3, "stem": 7, "bottleneck": 2, "in_channels": 2, "classes": 4}}


def peer(
    *, blocks: Sequence[int], growth: int, stem: int, bottleneck: int, compression: float
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    if compression != 0.5:
        raise NotImplementedError("torchvision's halves the maps between blocks")
    with torch.device("meta"):
        module = import_torchvision().models.DenseNet(growth, tuple(blocks), stem, bottleneck)
    return with_our_weights(module)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return (
        "densenet-121",
        import_torchvision().models.densenet121(),
        {"x": torch.randn(2, 3, 160, 160, generator=generator)},
    )

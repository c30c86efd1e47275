"""Peer of ResNeXt: torchvision's, as far as there are stages."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from implementations.peers.modules import with_our_weights
from implementations.peers.torchvision_models import import_torchvision

SIZES = {
    "four-stages": {"blocks": [2, 1, 1, 2], "width": 3, "cardinality": 3, "path": 1, "in_channels": 2, "classes": 4},
    "one-path": {"blocks": [2, 1, 3], "width": 6, "cardinality": 1, "path": 5},
}


def peer(*, blocks: Sequence[int], cardinality: int, path: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights, which has them in the same order; other widths do not matter."""
    models = import_torchvision().models.resnet
    with torch.device("meta"):
        module = models.ResNet(models.Bottleneck, [*blocks, 1, 1, 1][:4], groups=cardinality, width_per_group=path)
    for missing in range(len(blocks) + 1, 5):
        setattr(module, f"layer{missing}", nn.Identity())
    return with_our_weights(module)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    model = import_torchvision().models.resnext50_32x4d()
    return "resnext-50", model, {"x": torch.randn(2, 3, 160, 160, generator=generator)}

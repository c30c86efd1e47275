"""Peer of the residual network: torchvision's, as far as there are stages."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from implementations.peers.modules import with_our_weights
from implementations.peers.torchvision_models import import_torchvision

SIZES = {
    "four-stages": {"blocks": [2, 1, 1, 2], "width": 3, "in_channels": 2, "classes": 4},
    "bottleneck-stages": {"block": "bottleneck", "blocks": [2, 1, 3], "width": 6},
}


def peer(*, block: str, blocks: Sequence[int]) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights.

    Both run their layers in the same order, so the tensors of their state dicts correspond one to one, once each
    block's projection, which is last in torchvision's, is last in ours too.
    """
    models = import_torchvision().models.resnet
    kinds = {"basic": models.BasicBlock, "bottleneck": models.Bottleneck}
    with torch.device("meta"):
        module = models.ResNet(kinds[block], [*blocks, 1, 1, 1][:4])
    for missing in range(len(blocks) + 1, 5):
        setattr(module, f"layer{missing}", nn.Identity())
    return with_our_weights(module)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return "resnet-50", import_torchvision().models.resnet50(), {"x": torch.randn(2, 3, 160, 160, generator=generator)}

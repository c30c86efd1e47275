"""Peer of the feature pyramid network: torchvision's, on torchvision's residual network."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from implementations.peers.modules import with_our_weights
from implementations.peers.torchvision_models import import_torchvision

SIZES = {
    "deeper": {"block": "bottleneck", "blocks": [1, 2, 1, 2], "width": 3, "channels": 4, "in_channels": 2}
}  # fmt: skip


class Pyramid(nn.Module):
    """The maps of a residual network's stages, and the pyramid of these."""

    def __init__(self, body: nn.Module, widths: Sequence[int], channels: int) -> None:
        super().__init__()
        library = import_torchvision()
        layers = {f"layer{number}": str(number) for number in (1, 2, 3, 4)}
        self.body = library.models._utils.IntermediateLayerGetter(body, return_layers=layers)
        self.pyramid = library.ops.FeaturePyramidNetwork(list(widths), channels)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Return the levels, the finest first."""
        return tuple(self.pyramid(self.body(x)).values())


def peer(*, block: str, blocks: Sequence[int], channels: int) -> Callable[..., tuple[Tensor, ...]]:
    """Return the peer as a function of our weights, which determine its widths."""
    resnet = import_torchvision().models.resnet
    kind = {"basic": resnet.BasicBlock, "bottleneck": resnet.Bottleneck}[block]
    with torch.device("meta"):
        module = Pyramid(resnet.ResNet(kind, list(blocks)), [1, 1, 1, 1], channels)
    return with_our_weights(module)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    peer = Pyramid(import_torchvision().models.resnet50(), [256, 512, 1024, 2048], 256)
    return "r50", peer, {"x": torch.randn(1, 3, 160, 160, generator=generator)}

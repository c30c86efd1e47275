"""Peer of RetinaNet: torchvision's pyramid and heads, on torchvision's residual network."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from implementations.peers.modules import with_our_weights
from implementations.peers.torchvision_models import import_torchvision

SIZES = {
    "as-published": {
        "block": "bottleneck", "blocks": [1, 2, 1, 2], "width": 3, "channels": 5, "in_channels": 2, "layers": 4,
        "anchors": 9, "classes": 4,
    },
    "of-the-fifth": {"sixth_of_fifth": True, "layers": 4},
}  # fmt: skip


class Predictions(nn.Module):
    """What the library's network computes before it decodes boxes."""

    def __init__(self, body: nn.Module, widths: Sequence[int], of_fifth: bool, anchors: int, classes: int) -> None:
        super().__init__()
        library = import_torchvision()
        *_, channels = widths
        layers = {f"layer{number}": str(number) for number in (2, 3, 4)}
        self.body = library.models._utils.IntermediateLayerGetter(body, return_layers=layers)
        extra = library.ops.feature_pyramid_network.LastLevelP6P7(1, channels)
        extra.use_P5 = of_fifth
        if of_fifth:
            extra.p6 = nn.Conv2d(channels, channels, 3, 2, 1)
        self.pyramid = library.ops.FeaturePyramidNetwork(list(widths[:-1]), channels, extra)
        self.head = library.models.detection.retinanet.RetinaNetHead(channels, anchors, classes)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the logits and the offsets of all anchors."""
        found = self.head(list(self.pyramid(self.body(x)).values()))
        return found["cls_logits"], found["bbox_regression"]


def peer(
    *, block: str, blocks: Sequence[int], channels: int, sixth_of_fifth: bool, layers: int, anchors: int, classes: int
) -> Callable[..., tuple[Tensor, Tensor]]:
    """Return the peer as a function of our weights, which determine the widths of its residual network."""
    if layers != 4:
        raise NotImplementedError("torchvision's heads have four hidden layers")
    resnet = import_torchvision().models.resnet
    kind = {"basic": resnet.BasicBlock, "bottleneck": resnet.Bottleneck}[block]
    with torch.device("meta"):
        body = resnet.ResNet(kind, list(blocks))
        module = Predictions(body, [1, 1, 1, channels], sixth_of_fifth, anchors, classes)
    return with_our_weights(module)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    body = import_torchvision().models.resnet50()
    peer = Predictions(body, [512, 1024, 2048, 256], True, 9, 91)
    return "torchvision-r50", peer, {"x": torch.randn(1, 3, 160, 160, generator=generator)}

"""Peer of SSD: torchvision's maps and heads, on the layers of its VGG."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from implementations.peers.modules import with_our_weights
from implementations.peers.torchvision_models import import_torchvision

EXTRA_STRIDES = [2, 2, 1, 1]
SIZES = {
    "as-published": {
        "blocks": [1, 1, 1, 2, 1], "widths": [2, 2, 3, 4, 3], "hidden": 5, "dilation": 6,
        "extra": [[3, 4, 2], [2, 3, 2], [2, 3, 1], [3, 2, 1]], "anchors": [4, 6, 6, 6, 4, 4], "classes": 4,
        "B": 1, "H": 268, "W": 300,
    },
    "high-resolution": {
        "blocks": [1, 1, 1, 1, 1], "widths": [2, 2, 3, 4, 3], "hidden": 5, "dilation": 6,
        "extra": [[3, 4, 2], [2, 3, 2], [2, 3, 1], [3, 2, 1]], "anchors": [1, 2, 1, 2, 1, 1], "classes": 2,
        "in_channels": 2, "B": 1, "H": 300, "W": 300,
    },
}  # fmt: skip


class Predictions(nn.Module):
    """What the library's network computes before it decodes boxes."""

    def __init__(self, blocks: Sequence[int], channels: Sequence[int], anchors: Sequence[int], classes: int) -> None:
        super().__init__()
        library = import_torchvision()
        detection = library.models.detection.ssd
        layers = library.models.vgg.make_layers([each for count in blocks for each in (*[1] * count, "M")])
        self.body = detection.SSDFeatureExtractorVGG(layers, False)
        self.head = detection.SSDHead(list(channels), list(anchors), classes)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the logits and the offsets of all default boxes."""
        found = self.head(list(self.body(x).values()))
        return found["cls_logits"], found["bbox_regression"]


def peer(
    *,
    blocks: Sequence[int],
    dilation: int,
    extra: Sequence[Sequence[int]],
    anchors: Sequence[int],
    classes: int,
) -> Callable[..., tuple[Tensor, Tensor]]:
    """Return the peer as a function of our weights, which determine its widths."""
    if len(blocks) != 5 or dilation != 6 or [stride for *_, stride in extra] != EXTRA_STRIDES:
        raise NotImplementedError("torchvision's has five blocks of VGG, a dilation of 6 and four further maps")
    with torch.device("meta"):
        module = Predictions(blocks, [1] * 6, anchors, classes)
    return with_our_weights(module)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    library = import_torchvision()
    peer = Predictions([2, 2, 3, 3, 3], [512, 1024, 512, 256, 256, 256], [4, 6, 6, 6, 4, 4], 91)
    peer.body = library.models.detection.ssd.SSDFeatureExtractorVGG(library.models.vgg16().features, False)
    return "vgg16", peer, {"x": torch.randn(1, 3, 300, 300, generator=generator)}

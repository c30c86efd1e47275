"""Peer of Mask R-CNN: torchvision's mask branch beside its detector."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from implementations.peers.detection.faster_r_cnn import Detector
from implementations.peers.modules import with_our_weights
from implementations.peers.torchvision_boxes import operators
from implementations.peers.torchvision_models import import_torchvision

SIZES = {
    "as-published": {
        "block": "bottleneck", "blocks": [1, 2, 1, 2], "width": 3, "channels": 16, "in_channels": 2, "anchor": 8,
        "size": 16, "candidates": 9, "proposals": 7, "cells": 7, "classes": 4, "mask_cells": 14, "mask_layers": 4,
    }
}  # fmt: skip


class Segmenter(Detector):
    """The predictions of the library's detector and of its mask branch, for the same proposals."""

    def __init__(
        self,
        body: nn.Module,
        widths: Sequence[int],
        *,
        mask_cells: int,
        mask_channels: int,
        mask_layers: int,
        **arguments: object,
    ) -> None:
        super().__init__(body, widths, **arguments)
        library = import_torchvision()
        mask = library.models.detection.mask_rcnn
        self.mask_pool = library.ops.MultiScaleRoIAlign(["0", "1", "2", "3"], mask_cells, 2)
        self.mask_pool.scales, self.mask_pool.map_levels = self.pool.scales, self.pool.map_levels
        self.mask_head = mask.MaskRCNNHeads(widths[-1], [mask_channels] * mask_layers, 1)
        self.mask_predictor = mask.MaskRCNNPredictor(mask_channels, mask_channels, arguments["classes"])

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Return the predictions of both stages, and of the masks."""
        levels = self.pyramid(self.body(x))
        sizes = [(x.shape[2], x.shape[3])] * len(x)
        with operators():
            found = self.detect(levels, sizes)
            cells = self.mask_pool(levels, list(found[2]), sizes)
        masks = self.mask_predictor(self.mask_head(cells))
        return *found, masks.unflatten(0, found[2].shape[:2])


def peer(
    *,
    block: str,
    blocks: Sequence[int],
    channels: int,
    anchor: int,
    proportions: Sequence[float],
    candidates: int,
    overlap: float,
    proposals: int,
    size: int,
    cells: int,
    hidden: int,
    classes: int,
    mask_cells: int,
    mask_channels: int,
    mask_layers: int,
) -> Callable[..., tuple[Tensor, ...]]:
    """Return the peer as a function of our weights, which determine the widths of its residual network."""
    resnet = import_torchvision().models.resnet
    kind = {"basic": resnet.BasicBlock, "bottleneck": resnet.Bottleneck}[block]
    with torch.device("meta"):
        body = resnet.ResNet(kind, list(blocks))
    module = Segmenter(
        body, [1, 1, 1, 1, channels], anchor=anchor, proportions=proportions, candidates=candidates, overlap=overlap,
        proposals=proposals, size=size, cells=cells, hidden=hidden, classes=classes, mask_cells=mask_cells,
        mask_channels=mask_channels, mask_layers=mask_layers,
    )  # fmt: skip
    return with_our_weights(module)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    peer = Segmenter(
        import_torchvision().models.resnet50(), [256, 512, 1024, 2048, 256], anchor=32, proportions=(0.5, 1.0, 2.0),
        candidates=4, overlap=0.7, proposals=4, size=224, cells=7, hidden=1024, classes=91, mask_cells=14,
        mask_channels=256, mask_layers=4,
    )  # fmt: skip
    return "r50", peer, {"x": torch.randn(1, 3, 160, 160, generator=generator)}

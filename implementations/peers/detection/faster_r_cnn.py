"""Peer of Faster R-CNN: torchvision's pyramid, region proposal network and head, on its residual network."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.peers.modules import with_our_weights
from implementations.peers.torchvision_boxes import operators
from implementations.peers.torchvision_models import import_torchvision

SIZES = {
    "as-published": {
        "block": "bottleneck", "blocks": [1, 2, 1, 2], "width": 3, "channels": 16, "in_channels": 2, "anchor": 8,
        "size": 16, "proportions": [0.5, 1.0],
        "candidates": 9, "proposals": 7, "cells": 7, "classes": 4,
    },
    "little-overlap": {"channels": 16, "anchor": 20, "size": 16, "overlap": 0.1, "candidates": 12, "proposals": 60},
}  # fmt: skip


class Detector(nn.Module):
    """What the library's network predicts for anchors and proposals, with empty proposals where there are too few."""

    def __init__(
        self,
        body: nn.Module,
        widths: Sequence[int],
        *,
        anchor: int,
        proportions: Sequence[float],
        candidates: int,
        overlap: float,
        proposals: int,
        size: int,
        cells: int,
        hidden: int,
        classes: int,
    ) -> None:
        super().__init__()
        library = import_torchvision()
        detection, pooling = library.models.detection, library.ops.feature_pyramid_network
        *_, channels = widths
        layers = {f"layer{number + 1}": str(number) for number in range(4)}
        self.body = library.models._utils.IntermediateLayerGetter(body, return_layers=layers)
        self.pyramid = library.ops.FeaturePyramidNetwork(list(widths[:-1]), channels, pooling.LastLevelMaxPool())
        best, final = ({"training": number, "testing": number} for number in (candidates, proposals))
        sides = tuple((anchor * 2**level,) for level in range(5))
        self.proposer = detection.rpn.RegionProposalNetwork(
            detection.anchor_utils.AnchorGenerator(sides, (tuple(proportions),) * 5),
            detection.rpn.RPNHead(channels, len(proportions)),
            *(0.7, 0.3, 256, 0.5, best, final, overlap),
        )
        self.pool = library.ops.MultiScaleRoIAlign(["0", "1", "2", "3"], cells, 2, canonical_scale=size)
        self.pool.scales = [1 / 4, 1 / 8, 1 / 16, 1 / 32]  # not inferred, which errs where sizes are no multiples of 32
        self.pool.map_levels = library.ops.poolers.initLevelMapper(2, 5, canonical_scale=size)
        self.head = detection.faster_rcnn.TwoMLPHead(channels * cells**2, hidden)
        self.predictor = detection.faster_rcnn.FastRCNNPredictor(hidden, classes)
        self.proposals = proposals

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Return the predictions of both stages."""
        levels = self.pyramid(self.body(x))
        with operators():
            return self.detect(levels, [(x.shape[2], x.shape[3])] * len(x))

    def detect(self, levels: dict[str, Tensor], sizes: list[tuple[int, int]]) -> tuple[Tensor, ...]:
        """Return the same, given the levels of images of these heights and widths."""
        objectness, offsets, proposals = self.propose(list(levels.values()), sizes)
        features = self.head(self.pool(levels, list(proposals), sizes))
        logits, moves = (each.unflatten(0, proposals.shape[:2]) for each in self.predictor(features))
        return objectness, offsets, proposals, logits, moves.unflatten(2, (-1, 4))

    def propose(self, maps: Sequence[Tensor], sizes: list[tuple[int, int]]) -> tuple[Tensor, Tensor, Tensor]:
        """Return the objectness and the offsets of anchors, and the proposals."""
        rpn = import_torchvision().models.detection.rpn
        scores, offsets = self.proposer.head(maps)
        counts = [each[0].numel() for each in scores]
        scores, offsets = rpn.concat_box_prediction_layers(scores, offsets)
        generator = self.proposer.anchor_generator
        generator.set_cell_anchors(scores.dtype, scores.device)
        strides = [[4 * 2**level] * 2 for level in range(len(maps))]
        anchors = torch.cat(generator.grid_anchors([list(each.shape[2:]) for each in maps], strides))
        boxes = self.proposer.box_coder.decode(offsets.detach(), [anchors] * len(sizes))
        boxes = boxes.reshape(len(sizes), -1, 4)
        kept, _ = self.proposer.filter_proposals(boxes, scores, sizes, counts)
        proposals = torch.stack([F.pad(each, (0, 0, 0, self.proposals - len(each))) for each in kept])
        return scores.reshape(len(sizes), -1), offsets.reshape(len(sizes), -1, 4), proposals


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
) -> Callable[..., tuple[Tensor, ...]]:
    """Return the peer as a function of our weights, which determine the widths of its residual network."""
    resnet = import_torchvision().models.resnet
    kind = {"basic": resnet.BasicBlock, "bottleneck": resnet.Bottleneck}[block]
    with torch.device("meta"):
        body = resnet.ResNet(kind, list(blocks))
    module = Detector(
        body, [1, 1, 1, 1, channels], anchor=anchor, proportions=proportions, candidates=candidates, overlap=overlap,
        proposals=proposals, size=size, cells=cells, hidden=hidden, classes=classes,
    )  # fmt: skip
    return with_our_weights(module)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    peer = Detector(
        import_torchvision().models.resnet50(), [256, 512, 1024, 2048, 256], anchor=32, proportions=(0.5, 1.0, 2.0),
        candidates=4, overlap=0.7, proposals=4, size=224, cells=7, hidden=1024, classes=91,
    )  # fmt: skip
    return "r50", peer, {"x": torch.randn(1, 3, 160, 160, generator=generator)}

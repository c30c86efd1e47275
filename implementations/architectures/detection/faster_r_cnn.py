"""Faster R-CNN: a small network proposes boxes that may hold an object, and a second one classifies what is in them.

Source: Ren et al. 2015, "Faster R-CNN" (ren2015faster), sec. 3; on a feature pyramid: Lin et al. 2017 (lin2017feature),
sec. 4 and eq. 1; boxes are resampled as in He et al. 2017, "Mask R-CNN" (he2017mask), sec. 3.

Equations:
    P_2, ..., P_5: levels of a feature pyramid network; P_6: every second row and column of P_5, and so on
    h_l = ReLU(U * P_l)                             3x3 convolution, the same at all levels
    o_l = V h_l,  t_l = W h_l                       objectness and offsets of A anchors at every position
    proposals: anchors moved by t, of each level the best by o, without those that overlap with better ones; the N best
    k = floor(4 + log2(sqrt(w h) / s))              level of a box of width w and height h, from 2 to 5
    z = ReLU(W_2 ReLU(W_1 r))                       r: S x S cells of P_k within the box
    class = W_c z,  offsets of the box, for every class = W_b z

Shapes: B images, C input channels, H height, W width, M anchors, N proposals, K classes: the first is "no object".
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.architectures.detection.feature_pyramid_network import FeaturePyramidNetwork
from implementations.concepts.decoding.non_maximum_suppression import NonMaximumSuppression
from implementations.concepts.output_layer.anchor_boxes import AnchorBoxes, by_anchor
from implementations.concepts.pooling.roi_align import PyramidROIAlign
from kb.guards import checked_arguments, checked_inputs

STRIDES = (4, 8, 16, 32)
SMALLEST = 1e-3
"""Pixels; proposals that are narrower or lower are dropped."""


class Detections(NamedTuple):
    """What both stages predict; an image with too few proposals has empty ones at the end.

    Attributes:
        objectness: Logits of the anchors.
        anchor_offsets: How the anchors are moved.
        proposals: Two opposite corners of boxes, the best first.
        logits: Of the classes of proposals.
        offsets: How a proposal is moved if it is of a class.
    """

    objectness: Float[Tensor, "B M"]
    anchor_offsets: Float[Tensor, "B M 4"]
    proposals: Float[Tensor, "B N 4"]
    logits: Float[Tensor, "B N K"]
    offsets: Float[Tensor, "B N K 4"]


class LevelProposals(nn.Module):
    """The best boxes of a level that do not overlap much: empty ones, of the lowest score, stand for the others."""

    def __init__(self, anchors: AnchorBoxes, *, candidates: int, overlap: float) -> None:
        super().__init__()
        self.anchors, self.candidates = anchors, candidates
        self.suppress = NonMaximumSuppression(threshold=overlap)

    def forward(self, score: Tensor, offset: Tensor, size: tuple[int, int]) -> tuple[Tensor, Tensor]:
        """Return boxes and scores, in images of this width and height."""
        score = by_anchor(score, self.anchors.number)[..., 0]
        score, chosen = score.topk(min(self.candidates, score.shape[1]), 1)
        box = self.anchors(offset).gather(1, chosen[..., None].expand(-1, -1, 4))
        box = torch.minimum(box.clamp(min=0), torch.tensor(2 * size).to(box))  # within the image
        kept = self.suppress(box, score) & (box[..., 2:] - box[..., :2] >= SMALLEST).all(2)
        return torch.where(kept[..., None], box, 0), torch.where(kept, score, -torch.inf)


class RegionProposalNetwork(nn.Module):
    """Finds the boxes that are most likely to hold an object, by the same filters on all levels of a pyramid."""

    def __init__(
        self,
        channels: int,
        anchors: Sequence[AnchorBoxes],
        *,
        candidates: int,
        overlap: float,
        proposals: int,
    ) -> None:
        super().__init__()
        self.proposals, self.number = proposals, anchors[0].number
        self.of_level = nn.ModuleList(LevelProposals(each, candidates=candidates, overlap=overlap) for each in anchors)
        self.window = nn.Sequential(nn.Conv2d(channels, channels, 3, padding=1), nn.ReLU())
        self.objectness = nn.Conv2d(channels, self.number, 1)
        self.anchor_offsets = nn.Conv2d(channels, 4 * self.number, 1)
        for convolution in (self.window[0], self.objectness, self.anchor_offsets):
            nn.init.normal_(convolution.weight, std=0.01)
            nn.init.zeros_(convolution.bias)

    def forward(self, levels: Sequence[Tensor], size: tuple[int, int]) -> tuple[Tensor, Tensor, Tensor]:
        """Return objectness and offsets of anchors, and proposals, in images of this width and height."""
        hidden = [self.window(level) for level in levels]
        objectness, offsets = [self.objectness(each) for each in hidden], [self.anchor_offsets(each) for each in hidden]
        return (
            torch.cat([by_anchor(each, self.number)[..., 0] for each in objectness], 1),
            torch.cat([by_anchor(each, self.number) for each in offsets], 1),
            self.best(objectness, offsets, size),
        )

    @torch.no_grad()
    def best(
        self, objectness: Sequence[Tensor], offsets: Sequence[Tensor], size: tuple[int, int]
    ) -> Float[Tensor, "B N 4"]:
        """Return the proposals of images of this width and height; empty ones stand for those that are missing."""
        levels = zip(self.of_level, objectness, offsets, strict=True)
        boxes, scores = (list(found) for found in zip(*(of(*maps, size) for of, *maps in levels), strict=True))
        boxes.append(boxes[0].new_zeros(len(boxes[0]), self.proposals, 4))
        scores.append(scores[0].new_full((len(boxes[0]), self.proposals), -torch.inf))
        _, chosen = torch.cat(scores, 1).topk(self.proposals, 1)
        return torch.cat(boxes, 1).gather(1, chosen[..., None].expand(-1, -1, 4))


class FasterRCNN(nn.Module):
    """A feature pyramid network, a region proposal network, and a head for what is in the proposals.

    Args:
        block: Blocks of the residual network, `basic` or `bottleneck`.
        blocks: Blocks of each of its four stages.
        width: Channels of its stem.
        channels: Channels of the pyramid and of the hidden layer of the region proposal network.
        in_channels: Number C of input channels.
        coarser: Number of levels after the fifth, for proposals only.
        anchor: Side of the anchors at level 2, in pixels; it doubles from level to level.
        proportions: Heights of the A anchors at a position, as shares of their widths.
        candidates: The best boxes of each level among which those that overlap are suppressed.
        overlap: The largest overlap of two proposals of a level.
        proposals: Number N of proposals of an image.
        size: Side s of a box that belongs to level 4, in pixels.
        cells: Rows and columns S into which a box is divided.
        hidden: Width of the two hidden layers of the head.
        classes: Number K of classes, with "no object".

    Example:
        >>> found = FasterRCNN(proposals=5, classes=3)(torch.zeros(2, 3, 64, 96))
        >>> found.objectness.shape, found.proposals.shape, found.logits.shape
        (torch.Size([2, 1536]), torch.Size([2, 5, 4]), torch.Size([2, 5, 3]))
    """

    @checked_arguments(coarser=0, overlap=(0, 1))
    def __init__(
        self,
        *,
        block: str = "basic",
        blocks: Sequence[int] = (1, 1, 1, 1),
        width: int = 4,
        channels: int = 32,
        in_channels: int = 3,
        coarser: int = 1,
        anchor: int = 32,
        proportions: Sequence[float] = (0.5, 1.0, 2.0),
        candidates: int = 3,
        overlap: float = 0.7,
        proposals: int = 10,
        size: int = 64,
        cells: int = 2,
        hidden: int = 12,
        classes: int = 3,
    ) -> None:
        super().__init__()
        self.in_channels, self.coarser = in_channels, coarser
        self.pyramid = FeaturePyramidNetwork(
            block=block, blocks=blocks, width=width, channels=channels, in_channels=in_channels
        )
        anchors = [
            AnchorBoxes(sides=[float(anchor * 2**level)], proportions=proportions, stride=STRIDES[0] * 2**level)
            for level in range(len(STRIDES) + coarser)
        ]
        self.proposer = RegionProposalNetwork(
            channels, anchors, candidates=candidates, overlap=overlap, proposals=proposals
        )
        self.align = PyramidROIAlign(cells=cells, size=size, strides=STRIDES)
        self.head = nn.Sequential(
            nn.Flatten(), nn.Linear(channels * cells**2, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU()
        )
        self.class_head = nn.Linear(hidden, classes)
        self.box_head = nn.Linear(hidden, 4 * classes)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Detections:
        """Return what is predicted for all anchors and proposals; proposals are constants for gradients."""
        return self.detect(self.levels(x), (x.shape[3], x.shape[2]))

    def detect(self, levels: Sequence[Tensor], size: tuple[int, int]) -> Detections:
        """Return the same, given the levels of images of this width and height."""
        objectness, offsets, proposals = self.proposer(levels, size)
        features = self.head(self.align(levels, proposals)).unflatten(0, proposals.shape[:2])
        moves = self.box_head(features).unflatten(2, (-1, 4))
        return Detections(objectness, offsets, proposals, self.class_head(features), moves)

    def levels(self, x: Tensor) -> list[Tensor]:
        """Return the levels of the pyramid, and those after the fifth."""
        levels = [*self.pyramid(x)]
        for _ in range(self.coarser):
            levels.append(levels[-1][:, :, ::2, ::2])
        return levels

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 64, W: int = 40) -> dict[str, Tensor]:
        """Return random images whose width is no multiple of the largest stride."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}

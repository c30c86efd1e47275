"""Mask R-CNN: Faster R-CNN with a branch that predicts, for every class, which pixels of a proposal show the object.

Source: He et al. 2017, "Mask R-CNN" (he2017mask), sec. 3 and Fig. 4 on the right.

Equations:
    boxes, classes and offsets: as of Faster R-CNN on a feature pyramid
    q = ReLU(V_4 * ... ReLU(V_1 * r))               r: cells of a level within the proposal, V_i: 3x3 convolutions
    masks = W * ReLU(U * q)                         U: 2x2 transposed convolution with a stride of 2, W: 1x1 convolution

Shapes: B images, C input channels, H height, W width, M anchors, N proposals, K classes: the first is "no object";
P x Q pixels of a mask.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.architectures.detection.faster_r_cnn import STRIDES, FasterRCNN
from implementations.concepts.pooling.roi_align import PyramidROIAlign
from kb.guards import checked_arguments, checked_inputs


class Instances(NamedTuple):
    """What Faster R-CNN predicts, and logits of the masks of each proposal, one for every class."""

    objectness: Float[Tensor, "B M"]
    anchor_offsets: Float[Tensor, "B M 4"]
    proposals: Float[Tensor, "B N 4"]
    logits: Float[Tensor, "B N K"]
    offsets: Float[Tensor, "B N K 4"]
    masks: Float[Tensor, "B N K P Q"]


class MaskRCNN(nn.Module):
    """A detector of two stages, and a small fully convolutional network on what is in its proposals.

    Args:
        block: Blocks of the residual network, `basic` or `bottleneck`.
        blocks: Blocks of each of its four stages.
        width: Channels of its stem.
        channels: Channels of the pyramid and of the hidden layer of the region proposal network.
        in_channels: Number C of input channels.
        coarser: Number of levels after the fifth, for proposals only.
        anchor: Side of the anchors at level 2, in pixels; it doubles from level to level.
        proportions: Heights of the anchors at a position, as shares of their widths.
        candidates: The best boxes of each level among which those that overlap are suppressed.
        overlap: The largest overlap of two proposals of a level.
        proposals: Number N of proposals of an image.
        size: Side of a box that belongs to level 4, in pixels.
        cells: Rows and columns into which a box is divided for the classes.
        hidden: Width of the two hidden layers of the head of the classes.
        classes: Number K of classes, with "no object".
        mask_cells: Rows and columns into which a box is divided for the masks; a mask has twice as many.
        mask_channels: Channels of the layers of the mask branch.
        mask_layers: Number of its 3x3 convolutions.

    Example:
        >>> MaskRCNN(proposals=5, classes=3)(torch.zeros(2, 3, 64, 96)).masks.shape
        torch.Size([2, 5, 3, 4, 4])
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
        proposals: int = 6,
        size: int = 64,
        cells: int = 2,
        hidden: int = 12,
        classes: int = 3,
        mask_cells: int = 2,
        mask_channels: int = 5,
        mask_layers: int = 1,
    ) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.detector = FasterRCNN(
            block=block,
            blocks=blocks,
            width=width,
            channels=channels,
            in_channels=in_channels,
            coarser=coarser,
            anchor=anchor,
            proportions=proportions,
            candidates=candidates,
            overlap=overlap,
            proposals=proposals,
            size=size,
            cells=cells,
            hidden=hidden,
            classes=classes,
        )
        self.align = PyramidROIAlign(cells=mask_cells, size=size, strides=STRIDES)
        self.mask_head = nn.Sequential()
        for number in range(mask_layers):
            self.mask_head.extend(
                [nn.Conv2d(mask_channels if number else channels, mask_channels, 3, padding=1), nn.ReLU()]
            )
        self.mask_head.extend([nn.ConvTranspose2d(mask_channels, mask_channels, 2, 2), nn.ReLU()])
        self.mask_head.append(nn.Conv2d(mask_channels, classes, 1))
        for layer in self.mask_head:
            if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
                nn.init.zeros_(layer.bias)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Instances:
        """Return what is predicted for all anchors and proposals; proposals are constants for gradients."""
        levels = self.detector.levels(x)
        found = self.detector.detect(levels, (x.shape[3], x.shape[2]))
        masks = self.mask_head(self.align(levels, found.proposals))
        return Instances(*found, masks.unflatten(0, found.proposals.shape[:2]))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 64, W: int = 40) -> dict[str, Tensor]:
        """Return random images whose width is no multiple of the largest stride."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}

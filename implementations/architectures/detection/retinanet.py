"""RetinaNet: two small convolutional networks classify anchor boxes, and correct them, at every level of a pyramid.

Source: Lin et al. 2017, "Focal loss for dense object detection" (lin2017focal), sec. 4.

Equations:
    P_3, P_4, P_5: levels of a feature pyramid network on the maps C_3, C_4, C_5 of a residual network
    P_6 = S_6 * C_5,  P_7 = S_7 * ReLU(P_6)             3x3 convolutions with a stride of 2, sec. 4, footnote 2
    s_l = V * ReLU(U_n * ... ReLU(U_1 * P_l))           n = 4 layers; all levels have the same filters
    s_l: A K logits at every position, from one network; 4 A offsets of boxes, from another of the same form
    first bias of the logits: -log((1 - p) / p)         so that every anchor is an object with confidence p, sec. 4.1

Shapes: B images, C input channels, H height, W width, N anchors: A at every position of every level; K classes.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.convolutional.resnet import EXPANSION
from implementations.architectures.detection.feature_pyramid_network import FeaturePyramidNetwork
from implementations.concepts.output_layer.anchor_boxes import by_anchor
from kb.guards import checked_arguments, checked_inputs


class Predictions(NamedTuple):
    """Logits of the classes of each anchor, none of which means that there is no object, and offsets of its box."""

    logits: Float[Tensor, "B N K"]
    offsets: Float[Tensor, "B N 4"]


class RetinaNet(nn.Module):
    """A feature pyramid network, and two heads that are the same at all levels.

    Args:
        block: Blocks of the residual network, `basic` or `bottleneck`.
        blocks: Blocks of each of its four stages.
        width: Channels of its stem.
        channels: Channels of the pyramid and of the hidden layers of the heads.
        in_channels: Number C of input channels.
        coarser: Number of levels after the fifth.
        sixth_of_fifth: Whether level 6 is computed from level 5, as in torchvision, or else from the last map.
        layers: Hidden layers of each head.
        anchors: Number A of anchors at a position.
        classes: Number K of classes.
        prior: Confidence p of every class before training.

    Example:
        >>> logits, offsets = RetinaNet(anchors=9, classes=3)(torch.zeros(2, 3, 32, 64))
        >>> logits.shape, offsets.shape  # 4 * 8 + 2 * 4 + 2 + 1 + 1 = 44 positions
        (torch.Size([2, 396, 3]), torch.Size([2, 396, 4]))
    """

    @checked_arguments(coarser=0, prior=(1e-6, 1 - 1e-6))
    def __init__(
        self,
        *,
        block: str = "basic",
        blocks: Sequence[int] = (1, 1, 1, 1),
        width: int = 4,
        channels: int = 16,
        in_channels: int = 3,
        coarser: int = 2,
        sixth_of_fifth: bool = False,
        layers: int = 1,
        anchors: int = 2,
        classes: int = 3,
        prior: float = 0.01,
    ) -> None:
        super().__init__()
        self.in_channels, self.sixth_of_fifth, self.anchors = in_channels, sixth_of_fifth, anchors
        self.pyramid = FeaturePyramidNetwork(
            block=block, blocks=blocks, width=width, channels=channels, in_channels=in_channels
        )
        self.pyramid.lateral, self.pyramid.smooth = self.pyramid.lateral[1:], self.pyramid.smooth[1:]  # no level 2
        last = channels if sixth_of_fifth else EXPANSION[block] * width * 2 ** (len(blocks) - 1)
        inputs = [last, *[channels] * coarser][:coarser]
        self.coarser = nn.ModuleList(nn.Conv2d(each, channels, 3, stride=2, padding=1) for each in inputs)
        self.class_head = head(channels, layers, anchors * classes)
        self.box_head = head(channels, layers, anchors * 4)
        nn.init.constant_(self.class_head[-1].bias, -math.log((1 - prior) / prior))

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Predictions:
        """Return predictions for all anchors: level by level from the finest, row by row, position by position."""
        maps = self.pyramid.maps(x)
        levels = self.pyramid.levels(maps[1:])
        level = levels[-1] if self.sixth_of_fifth else maps[-1]
        for number, reduce in enumerate(self.coarser):
            level = reduce(F.relu(level) if number else level)
            levels.append(level)
        logits, offsets = (
            torch.cat([by_anchor(head(level), self.anchors) for level in levels], 1)
            for head in (self.class_head, self.box_head)
        )
        return Predictions(logits, offsets)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 72, W: int = 64) -> dict[str, Tensor]:
        """Return random images whose height is no multiple of the largest stride."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}


def head(channels: int, layers: int, outputs: int) -> nn.Sequential:
    """Return hidden layers of 3x3 convolutions and one for the outputs; all weights are small at first."""
    convolutions = [nn.Conv2d(channels, channels, 3, padding=1) for _ in range(layers)]
    convolutions.append(nn.Conv2d(channels, outputs, 3, padding=1))
    for convolution in convolutions:
        nn.init.normal_(convolution.weight, std=0.01)
        nn.init.zeros_(convolution.bias)
    *hidden, last = convolutions
    return nn.Sequential(*(layer for each in hidden for layer in (each, nn.ReLU())), last)

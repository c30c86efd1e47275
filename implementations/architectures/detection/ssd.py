"""SSD: small filters on maps of several resolutions classify default boxes and correct them, in one pass.

Source: Liu et al. 2016, "SSD: single shot multibox detector" (liu2016ssd), sec. 2.1, 2.2 and 3.1.

Equations:
    h_1: map of the block of VGG before the last, every vector v divided by its length: g v / |v|
    h_2 = ReLU(G * ReLU(F * pool(last block)))      F: dilated 3x3 convolution, G: 1x1 convolution, sec. 3
    h_k = ReLU(U * ReLU(V * h_{k-1}))               V: 1x1, U: 3x3 convolution, with a stride of 2 or without padding
    at every position of h_k: A_k K logits and 4 A_k offsets, by 3x3 convolutions of its own

Shapes: B images, C input channels, H height, W width, N default boxes: A_k at every position of map k; K classes: the
first is "no object".
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.convolutional.vgg import VGG
from implementations.concepts.output_layer.anchor_boxes import by_anchor
from kb.guards import checked_arguments, checked_inputs


class Scores(NamedTuple):
    """Logits of the classes of every default box, the first of which is "no object", and how the box is moved."""

    logits: Float[Tensor, "B N K"]
    offsets: Float[Tensor, "B N 4"]


class SSD(nn.Module):
    """A VGG whose dense layers are convolutions, more convolutions after it, and a pair of heads for every map.

    Args:
        blocks: How many convolutions each block of the VGG has; the last but one gives the first map.
        widths: Their channels, block by block.
        hidden: Channels of the two convolutions in place of dense layers, the second map.
        dilation: Dilation of the first of them.
        in_channels: Number C of input channels.
        extra: Of each further map, the channels of its 1x1 convolution, its own, and its stride: 2 halves the map, 1
            makes it smaller by two.
        anchors: Number A_k of default boxes at a position, map by map.
        classes: Number K of classes, with "no object".
        scale: Length g of the vectors of the first map before training; it is learned for every channel.

    Raises:
        ValueError: There is no block before the last, or not a number of default boxes for each map.

    Example:
        >>> logits, offsets = SSD(classes=3)(torch.zeros(2, 3, 32, 32))
        >>> logits.shape, offsets.shape  # 2 * 256 + 3 * 64 + 2 * 16 + 2 * 4 = 744 boxes
        (torch.Size([2, 744, 3]), torch.Size([2, 744, 4]))
        >>> SSD(blocks=[1], widths=[4])
        Traceback (most recent call last):
        ValueError: SSD(blocks=[1], widths=[4]) cannot be built: blocks must be two or more, and anchors 4, as maps
    """

    @checked_arguments(scale=0)
    def __init__(
        self,
        *,
        blocks: Sequence[int] = (1, 1, 1),
        widths: Sequence[int] = (4, 6, 6),
        hidden: int = 8,
        dilation: int = 2,
        in_channels: int = 3,
        extra: Sequence[Sequence[int]] = ((4, 6, 2), (4, 6, 1)),
        anchors: Sequence[int] = (2, 3, 2, 2),
        classes: int = 3,
        scale: float = 20.0,
    ) -> None:
        super().__init__()
        if len(blocks) < 2 or len(anchors) != 2 + len(extra):
            raise ValueError(f"blocks must be two or more, and anchors {2 + len(extra)}, as maps")
        self.in_channels, self.anchors = in_channels, list(anchors)
        network = VGG(blocks=blocks, widths=widths, hidden=1, in_channels=in_channels, image=2 ** len(blocks))
        pools = [place for place, layer in enumerate(network.features) if isinstance(layer, nn.MaxPool2d)]
        if len(pools) > 2:
            network.features[pools[-3]].ceil_mode = True  # so that 75 rows become 38, as in the paper's Fig. 2
        self.scale = nn.Parameter(torch.full((widths[-2],), scale))
        self.first = network.features[: pools[-2]]
        dense = [nn.Conv2d(widths[-1], hidden, 3, padding=dilation, dilation=dilation), nn.Conv2d(hidden, hidden, 1)]
        self.further = nn.ModuleList(
            [nn.Sequential(*network.features[pools[-2] : -1], nn.MaxPool2d(3, 1, 1), *rectified(dense))]
        )
        channels = [widths[-2], hidden]
        for narrow, width, stride in extra:
            layers = [
                nn.Conv2d(channels[-1], narrow, 1),
                nn.Conv2d(narrow, width, 3, stride, padding=1 if stride > 1 else 0),
            ]
            self.further.append(nn.Sequential(*rectified(layers)))
            channels.append(width)
        self.class_heads, self.box_heads = (
            nn.ModuleList(
                nn.Conv2d(width, number * values, 3, padding=1) for width, number in zip(channels, anchors, strict=True)
            )
            for values in (classes, 4)
        )
        new = [*dense, *self.further[1:].modules(), *self.class_heads, *self.box_heads]
        for layer in new:
            if isinstance(layer, nn.Conv2d):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Scores:
        """Return predictions for all default boxes: map by map from the finest, row by row, position by position."""
        features = self.first(x)
        maps = [self.scale[:, None, None] * F.normalize(features)]
        for layers in self.further:
            features = layers(features)
            maps.append(features)
        logits, offsets = (
            torch.cat([by_anchor(head(each), n) for head, each, n in zip(heads, maps, self.anchors, strict=True)], 1)
            for heads in (self.class_heads, self.box_heads)
        )
        return Scores(logits, offsets)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 37, W: int = 32) -> dict[str, Tensor]:
        """Return random images; the height is odd, so that pooling rounds up."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}


def rectified(layers: Sequence[nn.Module]) -> list[nn.Module]:
    """Return the layers, each followed by a rectifier."""
    return [each for layer in layers for each in (layer, nn.ReLU())]

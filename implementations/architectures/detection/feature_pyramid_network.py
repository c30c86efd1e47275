"""Feature pyramid network: coarse maps of a convolutional network are enlarged and added to finer ones.

Source: Lin et al. 2017, "Feature pyramid networks for object detection" (lin2017feature), sec. 3.

Equations:
    C_2, ..., C_5: maps of the four stages of a residual network, with strides of 4, 8, 16 and 32
    M_5 = L_5 C_5,  M_l = L_l C_l + up(M_{l+1})         L_l: 1x1 convolution, up: nearest-neighbour upsampling
    P_l = S_l * M_l                                     S_l: 3x3 convolution

Shapes: B images, C input channels, H height, W width, D channels of the pyramid; h2, w2 height and width at level 2.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.architectures.convolutional.resnet import EXPANSION, ResNet
from implementations.concepts.pooling.nearest_neighbour_upsampling import NearestNeighbourUpsampling
from kb.guards import checked_arguments, checked_inputs

STAGES = 4


class Pyramid(NamedTuple):
    """Its levels, the finest first."""

    p2: Float[Tensor, "B D h2 w2"]
    p3: Float[Tensor, "B D h3 w3"]
    p4: Float[Tensor, "B D h4 w4"]
    p5: Float[Tensor, "B D h5 w5"]


class FeaturePyramidNetwork(nn.Module):
    """A residual network of four stages, and a pyramid of four maps with equal channels.

    Args:
        block: Blocks of the residual network, `basic` or `bottleneck`.
        blocks: Blocks of each of its four stages.
        width: Channels of its stem.
        channels: Number D of channels of every level of the pyramid.
        in_channels: Number C of input channels.

    Raises:
        ValueError: There are not four stages.

    Example:
        >>> pyramid = FeaturePyramidNetwork()(torch.zeros(2, 3, 32, 64))
        >>> pyramid.p2.shape, pyramid.p5.shape
        (torch.Size([2, 5, 8, 16]), torch.Size([2, 5, 1, 2]))
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        block: str = "basic",
        blocks: Sequence[int] = (1, 1, 1, 1),
        width: int = 2,
        channels: int = 5,
        in_channels: int = 3,
    ) -> None:
        super().__init__()
        if len(blocks) != STAGES:
            raise ValueError(f"blocks ({list(blocks)}) must have a number for each of {STAGES} stages")
        self.in_channels = in_channels
        network = ResNet(block=block, blocks=blocks, width=width, in_channels=in_channels)
        self.stem, self.stages = network.stem, network.stages
        widths = [EXPANSION[block] * width * 2**stage for stage in range(STAGES)]
        self.lateral = nn.ModuleList(nn.Conv2d(each, channels, 1) for each in widths)
        self.enlarge = NearestNeighbourUpsampling()
        self.smooth = nn.ModuleList(nn.Conv2d(channels, channels, 3, padding=1) for _ in widths)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Pyramid:
        """Return the levels of the pyramid; of a map with an odd size, the coarser level covers one position more."""
        return Pyramid(*self.levels(self.maps(x)))

    def maps(self, x: Tensor) -> list[Tensor]:
        """Return the maps of the stages, the finest first."""
        x, maps = self.stem(x), []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps

    def levels(self, maps: Sequence[Tensor]) -> list[Tensor]:
        """Return a level for each map, the finest first."""
        *others, merged = (lateral(each) for lateral, each in zip(self.lateral, maps, strict=True))
        levels = [merged]
        for fine in reversed(others):
            merged = fine + self.enlarge(merged)[:, :, : fine.shape[2], : fine.shape[3]]
            levels.insert(0, merged)
        return [smooth(level) for smooth, level in zip(self.smooth, levels, strict=True)]

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 40, W: int = 64) -> dict[str, Tensor]:
        """Return random images whose height is no multiple of the largest stride."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}

"""Fully convolutional network: a classifier without dense layers scores every position, and its map is enlarged.

Source: Long, Shelhamer & Darrell 2015, "Fully convolutional networks for semantic segmentation" (long2015fully), secs.
3 and 4; here on a residual network, of which the last stages can be dilated instead of strided.

Equations:
    h_1, ..., h_n: maps of the stages of a residual network
    s_n = V_n ReLU(BN(U * h_n))                     scores of the classes: a 3x3 and a 1x1 convolution
    s_l = V_l h_l + up(s_{l+1})                     where a stage has scores of its own; V_l: 1x1 convolution
    y = up(s)                                       up: bilinear upsampling, to the size of the next map or of the image
    f'_ij = f_{i/s, j/s} if s divides i and j, else 0           filters after a stride s that was removed, sec. 3.2

Shapes: B images, C input channels, H height, W width, K classes.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.convolutional.resnet import EXPANSION, ResNet, convolution
from kb.guards import checked_arguments, checked_inputs


class FullyConvolutionalNetwork(nn.Module):
    """Scores of the classes at every pixel.

    Args:
        block: Blocks of the residual network, `basic` or `bottleneck`.
        blocks: Blocks of each of its stages.
        width: Channels of its stem.
        in_channels: Number C of input channels.
        dilated: How many of the last stages keep the resolution of the one before, with dilated filters.
        skips: How many of the stages before the last have scores of their own, which are added.
        classes: Number K of classes.

    Raises:
        ValueError: As many stages as there are, or more, are dilated or have scores of their own.

    Example:
        >>> FullyConvolutionalNetwork(classes=2)(torch.zeros(1, 1, 17, 32)).shape
        torch.Size([1, 2, 17, 32])
    """

    @checked_arguments(dilated=0, skips=0)
    def __init__(
        self,
        *,
        block: str = "bottleneck",
        blocks: Sequence[int] = (1, 1),
        width: int = 4,
        in_channels: int = 1,
        dilated: int = 1,
        skips: int = 0,
        classes: int = 3,
    ) -> None:
        super().__init__()
        if max(dilated, skips) >= len(blocks):
            raise ValueError(f"dilated ({dilated}) and skips ({skips}) must be below the {len(blocks)} stages")
        self.in_channels = in_channels
        network = ResNet(block=block, blocks=blocks, width=width, in_channels=in_channels)
        self.stem, self.stages = network.stem, network.stages
        rarefy(self.stages[len(blocks) - dilated :])
        last = width * 2 ** (len(blocks) - 1)
        channels = EXPANSION[block] * last
        self.head = nn.Sequential(*convolution(channels, last, 3), nn.ReLU(), nn.Conv2d(last, classes, 1))
        self.skips = nn.ModuleList(nn.Conv2d(channels // 2**step, classes, 1) for step in range(1, skips + 1))

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K H W"]:
        """Return the logits of the classes at every pixel."""
        features, maps = self.stem(x), []
        for stage in self.stages:
            features = stage(features)
            maps.append(features)
        scores = self.head(features)
        for score, finer in zip(self.skips, maps[-2::-1], strict=False):
            scores = score(finer) + enlarged(scores, finer)
        return enlarged(scores, x)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 18, W: int = 24) -> dict[str, Tensor]:
        """Return random images, whose height is no multiple of the stride."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}


def enlarged(scores: Float[Tensor, "B K P Q"], finer: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K H W"]:
    """Return scores at every position of a finer map."""
    return F.interpolate(scores, size=finer.shape[2:], mode="bilinear")


def rarefy(stages: nn.Sequential) -> None:
    """Remove the strides of stages; their later filters skip the pixels that the stride would have left out."""
    dilation = 1
    for layer in stages.modules():
        if isinstance(layer, nn.Conv2d):
            if layer.kernel_size != (1, 1):  # a projection has its stride beside that of the branch
                layer.dilation, layer.padding = (dilation, dilation), (dilation, dilation)
                dilation *= layer.stride[0]
            layer.stride = (1, 1)

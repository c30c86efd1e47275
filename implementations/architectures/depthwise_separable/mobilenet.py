"""MobileNet: a convolution factorised into one filter per channel and one mixing of the channels.

Source: Howard et al. 2017, "MobileNets: efficient convolutional neural networks for mobile vision applications"
(howard2017mobilenets).

Equations:
    G[k, l, m] = sum over i, j of K[i, j, m] F[k + i - 1, l + j - 1, m]      a filter for each channel m
    y[k, l, n] = sum over m of P[m, n] G[k, l, m]                            then a 1x1 convolution
    each followed by batch normalisation and ReLU

Shapes: B examples, C input channels, H height, W width, K classes.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments, checked_inputs


def convolution(inputs: int, outputs: int, size: int, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    """Return a convolution without bias, batch normalisation and ReLU."""
    return [
        nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    ]


class MobileNet(nn.Module):
    """A full convolution, depthwise separable ones, global average pooling, linear classifier.

    Args:
        widths: Channels of the first convolution and of each separable one, before the multiplier.
        strides: Steps of the separable convolutions.
        multiplier: Factor alpha on all widths.
        in_channels: Number C of input channels.
        classes: Number K of classes.

    Raises:
        ValueError: There is not one stride for each separable convolution.

    Example:
        >>> MobileNet()(torch.zeros(2, 3, 32, 24)).shape
        torch.Size([2, 5])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        widths: Sequence[int] = (4, 8, 8),
        strides: Sequence[int] = (1, 2),
        multiplier: float = 1.0,
        in_channels: int = 3,
        classes: int = 5,
    ) -> None:
        super().__init__()
        if len(strides) != len(widths) - 1:
            raise ValueError(f"strides ({list(strides)}) must be one less than widths ({list(widths)})")
        self.in_channels = in_channels
        first, *others = (int(multiplier * width) for width in widths)
        self.stem = nn.Sequential(*convolution(in_channels, first, 3, stride=2))
        self.blocks = nn.Sequential()
        channels = first
        for width, stride in zip(others, strides, strict=True):
            depthwise = convolution(channels, channels, 3, stride, groups=channels)
            self.blocks.append(nn.Sequential(*depthwise, *convolution(channels, width, 1)))
            channels = width
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(channels, classes)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"]:
        """Return the logits of the classes."""
        return self.classifier(self.pool(self.trunk(x)).flatten(1))  # [B, D, 1, 1] -> [B, K]

    def trunk(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Return the features before they are pooled."""
        return self.blocks(self.stem(x))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 32, W: int = 24) -> dict[str, Tensor]:
        """Return random images; height and width differ."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}

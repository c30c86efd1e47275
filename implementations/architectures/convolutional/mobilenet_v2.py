"""MobileNetV2: residual blocks that are wide inside, and narrow and linear between blocks.

Source: Sandler et al. 2018, "MobileNetV2: inverted residuals and linear bottlenecks" (sandler2018mobilenetv2).

Equations:
    F(x) = W_3 ReLU6(D ReLU6(W_1 x))       W_1: 1x1 to t times the channels, D: a 3x3 filter for each channel,
                                            W_3: 1x1 back, linear; batch normalisation after each
    y = x + F(x) where the block keeps channels and resolution, else y = F(x)
    ReLU6(z) = min(max(z, 0), 6)

Shapes: B examples, C input channels, H height, W width, K classes.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.component.residual_connection import ResidualConnection
from kb.guards import checked_arguments, checked_inputs


def convolution(inputs: int, outputs: int, size: int, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    """Return a convolution without bias and its batch normalisation."""
    return [
        nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
    ]


def inverted_residual(inputs: int, outputs: int, stride: int, expansion: int) -> nn.Module:
    """Return a block: widen, filter, narrow; added to its input where the sizes agree."""
    inside = expansion * inputs
    widen = [*convolution(inputs, inside, 1), nn.ReLU6()] if expansion > 1 else []
    branch = nn.Sequential(
        *widen, *convolution(inside, inside, 3, stride, groups=inside), nn.ReLU6(), *convolution(inside, outputs, 1)
    )
    return ResidualConnection(branch=branch) if stride == 1 and inputs == outputs else branch


class MobileNetV2(nn.Module):
    """A full convolution, inverted residual blocks, a 1x1 convolution, global average pooling, linear classifier.

    Args:
        stages: `[t, c, n, s]` for each stage: expansion, channels, blocks, stride of the first block.
        stem: Channels of the first convolution.
        last: Channels of the last convolution.
        in_channels: Number C of input channels.
        dropout: Share of the pooled features that training drops.
        classes: Number K of classes.

    Example:
        >>> MobileNetV2()(torch.zeros(2, 3, 32, 24)).shape
        torch.Size([2, 5])
    """

    @checked_arguments(dropout=(0, 1))
    def __init__(
        self,
        *,
        stages: Sequence[Sequence[int]] = ((1, 4, 1, 1), (2, 6, 2, 2)),
        stem: int = 4,
        last: int = 8,
        in_channels: int = 3,
        dropout: float = 0.2,
        classes: int = 5,
    ) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.stem = nn.Sequential(*convolution(in_channels, stem, 3, stride=2), nn.ReLU6())
        self.stages = nn.Sequential()
        channels = stem
        for expansion, width, blocks, stride in stages:
            stage = nn.Sequential()
            for position in range(blocks):
                stage.append(inverted_residual(channels, width, stride if position == 0 else 1, expansion))
                channels = width
            self.stages.append(stage)
        self.head = nn.Sequential(*convolution(channels, last, 1), nn.ReLU6(), nn.AdaptiveAvgPool2d(1))
        self.classifier = nn.Sequential(nn.Dropout(dropout), nn.Linear(last, classes))

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"]:
        """Return the logits of the classes."""
        return self.classifier(self.head(self.trunk(x)).flatten(1))  # [B, D, 1, 1] -> [B, K]

    def trunk(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Return the features before the head that pools them."""
        return self.stages(self.stem(x))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 32, W: int = 24) -> dict[str, Tensor]:
        """Return random images; height and width differ."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}

"""Residual network: blocks of convolutions that each add to what they receive.

Source: He et al. 2016, "Deep residual learning for image recognition" (he2016deep), eq. 1 and 2, Fig. 2 (the ReLU
after the addition), Table 1 (the layout of the variants).

Equations:
    y = ReLU(F(x) + x)          eq. 1, where input and output of a block have the same size
    y = ReLU(F(x) + W_s x)      eq. 2, W_s: a strided 1x1 convolution (option B)
    F: two 3x3 convolutions (basic), or 1x1, 3x3, 1x1 with a quarter of the channels inside (bottleneck), each followed
    by batch normalisation

Shapes: B examples, C input channels, H height, W width, K classes.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.component.residual_connection import ResidualConnection
from kb.guards import checked_arguments, checked_inputs

EXPANSION = {"basic": 1, "bottleneck": 4}


def convolution(inputs: int, outputs: int, size: int, stride: int = 1) -> list[nn.Module]:
    """Return a convolution without bias and the batch normalisation that follows it."""
    return [nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, bias=False), nn.BatchNorm2d(outputs)]


def branch(block: str, inputs: int, width: int, stride: int) -> nn.Sequential:
    """Return the residual function F of a block."""
    if block == "basic":
        layers = [*convolution(inputs, width, 3, stride), nn.ReLU(), *convolution(width, width, 3)]
    else:
        layers = [
            *convolution(inputs, width, 1),
            nn.ReLU(),
            *convolution(width, width, 3, stride),
            nn.ReLU(),
            *convolution(width, EXPANSION[block] * width, 1),
        ]
    return nn.Sequential(*layers)


def residual_block(block: str, inputs: int, width: int, stride: int) -> nn.Sequential:
    """Return one block: the branch added to a shortcut, which projects only where the size changes."""
    outputs = EXPANSION[block] * width
    projection = nn.Sequential(*convolution(inputs, outputs, 1, stride)) if stride > 1 or inputs != outputs else None
    return nn.Sequential(
        ResidualConnection(branch=branch(block, inputs, width, stride), shortcut=projection), nn.ReLU()
    )


class ResNet(nn.Module):
    """Stem, stages of residual blocks, global average pooling, linear classifier.

    Args:
        block: `basic` or `bottleneck`.
        blocks: Blocks of each stage; every stage but the first halves the resolution and doubles the width.
        width: Channels of the first stage.
        in_channels: Number C of input channels.
        classes: Number K of classes.

    Raises:
        ValueError: The block is unknown.

    Example:
        >>> ResNet(blocks=[1, 1], width=4, classes=5)(torch.zeros(2, 3, 32, 32)).shape
        torch.Size([2, 5])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        block: str = "basic",
        blocks: Sequence[int] = (1, 1),
        width: int = 4,
        in_channels: int = 3,
        classes: int = 5,
    ) -> None:
        super().__init__()
        if block not in EXPANSION:
            raise ValueError(f"block ({block!r}) must be one of {', '.join(EXPANSION)}")
        self.in_channels = in_channels
        self.stem = nn.Sequential(*convolution(in_channels, width, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, padding=1))
        self.stages = nn.Sequential()
        channels = width
        for index, depth in enumerate(blocks):
            stage = nn.Sequential()
            for position in range(depth):
                stride = 2 if index > 0 and position == 0 else 1
                stage.append(residual_block(block, channels, width * 2**index, stride))
                channels = EXPANSION[block] * width * 2**index
            self.stages.append(stage)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(channels, classes)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"]:
        """Return the logits of the classes."""
        return self.classifier(self.pool(self.trunk(x)).flatten(1))  # [B, D, 1, 1] -> [B, K]

    def trunk(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Return the features before they are pooled."""
        return self.stages(self.stem(x))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 32, W: int = 24) -> dict[str, Tensor]:
        """Return random images; height and width differ."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}

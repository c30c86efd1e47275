"""Xception: residual blocks of depthwise separable convolutions, Inception modules taken to their limit.

Source: Chollet 2017, "Xception: deep learning with depthwise separable convolutions" (chollet2017xception), Fig. 5.

Equations:
    s(x) = P * (K_c * x_c for every channel c)             a 3x3 filter for each channel, then 1x1; nothing in between
    y = F(x) + S(x)                                        a block; S: identity, or a strided 1x1 convolution
    F: ReLU, s, normalisation, two or three times, and max pooling where the block shrinks its map

Shapes: B examples, C input channels, H height, W width, K classes.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.component.residual_connection import ResidualConnection
from kb.guards import checked_arguments, checked_inputs


def separable(inputs: int, outputs: int) -> list[nn.Module]:
    """Return a filter for each channel, a 1x1 convolution, and batch normalisation."""
    return [
        nn.Conv2d(inputs, inputs, 3, padding=1, groups=inputs, bias=False),
        nn.Conv2d(inputs, outputs, 1, bias=False),
        nn.BatchNorm2d(outputs),
    ]


def block(widths: Sequence[int], *, activated: bool = False, shrinks: bool = False) -> ResidualConnection:
    """Return a block of as many separable convolutions as it has widths beyond that of its input.

    Args:
        widths: Channels of the input and of each convolution.
        activated: Whether the input comes from a rectifier, so that the branch starts without one.
        shrinks: Whether the block halves the resolution.
    """
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        layers.extend([nn.ReLU(), *separable(inputs, outputs)])
    branch = nn.Sequential(*layers[activated:])
    if not shrinks:
        return ResidualConnection(branch=branch)
    branch.append(nn.MaxPool2d(3, 2, padding=1))
    projection = nn.Conv2d(widths[0], widths[-1], 1, 2, bias=False)
    return ResidualConnection(branch=branch, shortcut=nn.Sequential(projection, nn.BatchNorm2d(widths[-1])))


class Xception(nn.Module):
    """Entry flow, which shrinks the map; middle flow of equal blocks; exit flow; pooling and a linear classifier.

    Args:
        stem: Channels of the two full convolutions.
        entry: Channels after each block of the entry flow; every block halves the resolution.
        middle: Number of blocks of the middle flow, of three convolutions each.
        exit: Channels after the block of the exit flow, which halves the resolution, and after its two convolutions.
        in_channels: Number C of input channels.
        classes: Number K of classes.

    Example:
        >>> Xception()(torch.zeros(2, 3, 40, 32)).shape
        torch.Size([2, 5])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        stem: tuple[int, int] = (4, 6),
        entry: Sequence[int] = (6, 8),
        middle: int = 1,
        exit: tuple[int, int, int] = (8, 10, 12),
        in_channels: int = 3,
        classes: int = 5,
    ) -> None:
        super().__init__()
        self.in_channels = in_channels
        first, channels = stem
        narrow, wide, last = exit
        self.stem = nn.Sequential(
            nn.Conv2d(in_channels, first, 3, 2, bias=False),
            nn.BatchNorm2d(first),
            nn.ReLU(),
            nn.Conv2d(first, channels, 3, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
        )
        self.entry, self.middle = nn.Sequential(), nn.Sequential()
        for index, width in enumerate(entry):
            self.entry.append(block([channels, width, width], activated=index == 0, shrinks=True))
            channels = width
        for _ in range(middle):
            self.middle.append(block([channels] * 4))
        self.exit = nn.Sequential(
            block([channels, channels, narrow], shrinks=True),
            *separable(narrow, wide),
            nn.ReLU(),
            *separable(wide, last),
            nn.ReLU(),
        )
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(last, classes)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"]:
        """Return the logits of the classes."""
        return self.classifier(self.pool(self.trunk(x)).flatten(1))  # [B, D, 1, 1] -> [B, K]

    def trunk(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D P Q"]:
        """Return the features before they are pooled."""
        return self.exit(self.middle(self.entry(self.stem(x))))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 40, W: int = 32) -> dict[str, Tensor]:
        """Return random images; height and width differ."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}

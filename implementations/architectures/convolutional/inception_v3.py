"""Inception-v3: wide windows factorised into stacks of small and of one-dimensional ones.

Source: Szegedy et al. 2016, "Rethinking the Inception architecture for computer vision" (szegedy2016rethinking).

Equations:
    a window of 7x7 becomes one of 1x7 and one of 7x1, one of 3x3 at the end becomes 1x3 and 3x1 in parallel a grid is
    halved by convolutions and a pooling in parallel, all with a stride of 2 every convolution is followed by batch
    normalisation and ReLU

Shapes: B examples, C input channels, H height, W width, K classes.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments, checked_inputs

Window = int | tuple[int, int]
WIDE, TALL = (1, 7), (7, 1)


class Predictions(NamedTuple):
    """Logits of the classifier and of the auxiliary head."""

    y: Float[Tensor, "B K"]
    auxiliary: Float[Tensor, "B K"]


class SideBySide(nn.ModuleList):
    """Branches that all read the input, and whose channels are concatenated."""

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Return the outputs of all branches, concatenated."""
        return torch.cat([branch(x) for branch in self], dim=1)


def convolution(inputs: int, outputs: int, window: Window, stride: int = 1, *, keep: bool = True) -> nn.Sequential:
    """Return a convolution, batch normalisation and ReLU; zero padding keeps the size if asked for."""
    height, width = (window, window) if isinstance(window, int) else window
    padding = (height // 2, width // 2) if keep else 0
    layer = nn.Conv2d(inputs, outputs, (height, width), stride, padding, bias=False)
    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    return nn.Sequential(layer, nn.BatchNorm2d(outputs, eps=1e-3), nn.ReLU())


def chain(inputs: int, *steps: tuple[int, Window]) -> nn.Sequential:
    """Return convolutions one after the other, each given by its channels and its window."""
    widths = [inputs, *(outputs for outputs, _ in steps)]
    return nn.Sequential(*(convolution(width, *step) for width, step in zip(widths, steps, strict=False)))


def mean_and(inputs: int, outputs: int) -> nn.Sequential:
    """Return a mean over windows of 3x3 and a 1x1 convolution."""
    return nn.Sequential(nn.AvgPool2d(3, 1, padding=1), convolution(inputs, outputs, 1))


def fine_module(inputs: int, u: int, pooled: int) -> SideBySide:
    """Return a module of the finest grid."""
    one, five = convolution(inputs, 4 * u, 1), chain(inputs, (3 * u, 1), (4 * u, 5))
    threes = chain(inputs, (4 * u, 1), (6 * u, 3), (6 * u, 3))
    return SideBySide([one, five, threes, mean_and(inputs, pooled)])


def middle_module(inputs: int, u: int, inside: int) -> SideBySide:
    """Return a module of the middle grid, with `inside` channels between its one-dimensional windows."""
    one, seven = convolution(inputs, 12 * u, 1), chain(inputs, (inside, 1), (inside, WIDE), (12 * u, TALL))
    sevens = chain(inputs, (inside, 1), (inside, TALL), (inside, WIDE), (inside, TALL), (12 * u, WIDE))
    return SideBySide([one, seven, sevens, mean_and(inputs, 12 * u)])


def coarse_module(inputs: int, u: int) -> SideBySide:
    """Return a module of the coarsest grid, whose last windows of 1x3 and 3x1 are in parallel."""

    def spread() -> SideBySide:
        return SideBySide([convolution(24 * u, 24 * u, (1, 3)), convolution(24 * u, 24 * u, (3, 1))])

    one, three = convolution(inputs, 20 * u, 1), nn.Sequential(convolution(inputs, 24 * u, 1), spread())
    threes = nn.Sequential(*chain(inputs, (28 * u, 1), (24 * u, 3)), spread())
    return SideBySide([one, three, threes, mean_and(inputs, 12 * u)])


def to_middle(inputs: int, u: int) -> SideBySide:
    """Return the module that halves the finest grid."""
    three = convolution(inputs, 24 * u, 3, 2, keep=False)
    threes = nn.Sequential(*chain(inputs, (4 * u, 1), (6 * u, 3)), convolution(6 * u, 6 * u, 3, 2, keep=False))
    return SideBySide([three, threes, nn.MaxPool2d(3, 2)])


def to_coarse(inputs: int, u: int) -> SideBySide:
    """Return the module that halves the middle grid."""
    three = nn.Sequential(convolution(inputs, 12 * u, 1), convolution(12 * u, 20 * u, 3, 2, keep=False))
    seven = chain(inputs, (12 * u, 1), (12 * u, WIDE), (12 * u, TALL))
    return SideBySide([three, nn.Sequential(*seven, convolution(12 * u, 12 * u, 3, 2, keep=False)), nn.MaxPool2d(3, 2)])


class InceptionV3(nn.Module):
    """Stem, modules on three grids, each half as fine as the one before, and a linear classifier.

    Args:
        unit: Channels of which all widths are multiples: 16 in the published network.
        fine: Modules of the finest grid, two or more.
        middle: Channels inside the modules of the middle grid, in units.
        coarse: Modules of the coarsest grid.
        auxiliary: Whether a head reads the middle grid; the outputs are then `Predictions`, also at inference, where
            the paper leaves it out. It needs 17 x 17 positions there: images of 299 pixels.
        in_channels: Number C of input channels.
        classes: Number K of classes.

    Example:
        >>> InceptionV3()(torch.zeros(2, 3, 75, 80)).shape
        torch.Size([2, 5])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        unit: int = 1,
        fine: int = 1,
        middle: Sequence[int] = (4,),
        coarse: int = 1,
        auxiliary: bool = False,
        in_channels: int = 3,
        classes: int = 5,
    ) -> None:
        super().__init__()
        self.in_channels, u = in_channels, unit
        self.stem = nn.Sequential(
            convolution(in_channels, 2 * u, 3, 2, keep=False),
            convolution(2 * u, 2 * u, 3, keep=False),
            convolution(2 * u, 4 * u, 3),
            nn.MaxPool2d(3, 2),
            convolution(4 * u, 5 * u, 1),
            convolution(5 * u, 12 * u, 3, keep=False),
            nn.MaxPool2d(3, 2),
        )
        fines = [(12 * u, 2 * u), (16 * u, 4 * u), *[(18 * u, 4 * u)] * fine][:fine]
        self.fine = nn.Sequential(*(fine_module(inputs, u, pooled) for inputs, pooled in fines))
        channels = 14 * u + fines[-1][1]
        self.middle = nn.Sequential(to_middle(channels, u))
        channels += 30 * u
        for inside in middle:
            self.middle.append(middle_module(channels, u, inside * u))
            channels = 48 * u
        self.auxiliary = None
        if auxiliary:
            pooled = [nn.AvgPool2d(5, 3), convolution(channels, 8 * u, 1), convolution(8 * u, 48 * u, 5, keep=False)]
            self.auxiliary = nn.Sequential(*pooled, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(48 * u, classes))
        self.coarse = nn.Sequential(to_coarse(channels, u))
        channels += 32 * u
        for _ in range(coarse):
            self.coarse.append(coarse_module(channels, u))
            channels = 128 * u
        self.classifier = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Dropout(), nn.Flatten(), nn.Linear(channels, classes)
        )

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"] | Predictions:
        """Return the logits of the classes, and those of the head where there is one."""
        middle = self._before_the_last_stage(x)
        y = self.classifier(self.coarse(middle))
        return y if self.auxiliary is None else Predictions(y, self.auxiliary(middle))

    def trunk(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Return the features before they are pooled."""
        return self.coarse(self._before_the_last_stage(x))

    def _before_the_last_stage(self, x: Tensor) -> Tensor:
        return self.middle(self.fine(self.stem(x)))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 84, W: int = 78) -> dict[str, Tensor]:
        """Return random images, of which height and width differ."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}

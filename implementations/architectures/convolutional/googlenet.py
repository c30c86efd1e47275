"""GoogLeNet: modules that filter the same position with windows of several sizes in parallel.

Source: Szegedy et al. 2015, "Going deeper with convolutions" (szegedy2015going), Table 1 (the widths of the modules).

Equations:
    y = [conv1(x), conv3(conv1(x)), conv5(conv1(x)), conv1(pool3(x))]     channels concatenated; a rectifier after each
    auxiliary head: means, conv1 to 128 channels, a dense layer of 1024, dropout, classifier

Shapes: B examples, C input channels, H height, W width, K classes.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.normalisation.local_response_normalisation import LocalResponseNormalisation
from kb.guards import checked_arguments, checked_inputs

TINY = (2, 2, 3, 1, 2, 1)


class Predictions(NamedTuple):
    """Logits of the classifier, and of heads after the first and the last but one module of the middle stage."""

    y: Float[Tensor, "B K"]
    lower: Float[Tensor, "B K"]
    upper: Float[Tensor, "B K"]


def convolution(inputs: int, outputs: int, size: int, *, batch: bool, stride: int = 1) -> list[nn.Module]:
    """Return a convolution and a rectifier, optionally with batch normalisation between them."""
    layer = nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, bias=not batch)
    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    return [layer, *([nn.BatchNorm2d(outputs, eps=1e-3)] if batch else []), nn.ReLU()]


class InceptionModule(nn.Module):
    """Four branches whose channels are concatenated.

    Args:
        inputs: Channels of the input.
        widths: Channels, in the columns of the paper's Table 1: 1x1; 3x3 reduced, 3x3; 5x5 reduced, 5x5; after pooling.
        batch: Whether batch normalisation follows every convolution, and the largest window is 3 wide.
    """

    def __init__(self, inputs: int, widths: Sequence[int], *, batch: bool) -> None:
        super().__init__()
        one, three_reduced, three, five_reduced, five, pooled = widths
        self.channels = one + three + five + pooled
        self.branches = nn.ModuleList(
            [
                nn.Sequential(*convolution(inputs, one, 1, batch=batch)),
                nn.Sequential(
                    *convolution(inputs, three_reduced, 1, batch=batch),
                    *convolution(three_reduced, three, 3, batch=batch),
                ),
                nn.Sequential(
                    *convolution(inputs, five_reduced, 1, batch=batch),
                    *convolution(five_reduced, five, 3 if batch else 5, batch=batch),
                ),
                nn.Sequential(nn.MaxPool2d(3, 1, padding=1), *convolution(inputs, pooled, 1, batch=batch)),
            ]
        )

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D H W"]:
        """Return the outputs of all branches, concatenated."""
        return torch.cat([branch(x) for branch in self.branches], dim=1)


def auxiliary_head(inputs: int, channels: int, hidden: int, classes: int, *, batch: bool) -> nn.Sequential:
    """Return a classifier that reads a feature map in the middle of the network."""
    return nn.Sequential(
        nn.AdaptiveAvgPool2d(4),
        *convolution(inputs, channels, 1, batch=batch),
        nn.Flatten(),  # [B, D, 4, 4] -> [B, 16 D]
        nn.Linear(16 * channels, hidden),
        nn.ReLU(),
        nn.Dropout(0.7),
        nn.Linear(hidden, classes),
    )


class GoogLeNet(nn.Module):
    """Stem, three stages of inception modules, global average pooling, linear classifier, and auxiliary heads.

    Args:
        stem: Channels of the first convolution and of the third.
        stages: For each stage its modules, and for each module its six widths (see `InceptionModule`).
        heads: Channels and hidden units of the two auxiliary heads; none if empty. With heads the outputs are
            `Predictions`, also at inference, where the paper leaves them out.
        batch: Whether to build the form that libraries ship: batch normalisation after every convolution in place of
            the local response normalisation in the stem, windows of 3 for those of 5, and of 2 in the last pooling.
        in_channels: Number C of input channels.
        classes: Number K of classes.

    Raises:
        ValueError: The stages are not three, or the second, which the heads read, has fewer than two modules.

    Example:
        >>> GoogLeNet(classes=5)(torch.zeros(2, 3, 64, 48)).shape
        torch.Size([2, 5])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        stem: Sequence[int] = (4, 6),
        stages: Sequence[Sequence[Sequence[int]]] = ([TINY], [TINY, TINY], [TINY]),
        heads: Sequence[int] = (),
        batch: bool = False,
        in_channels: int = 3,
        classes: int = 5,
    ) -> None:
        super().__init__()
        if len(stages) != 3 or len(stages[1]) < 2:
            raise ValueError(f"stages ({stages}) must be three, the second of two modules or more")
        self.in_channels = in_channels
        narrow, wide = stem
        self.stem = nn.Sequential(
            *convolution(in_channels, narrow, 7, batch=batch, stride=2),
            nn.MaxPool2d(3, 2, ceil_mode=True),
            *([] if batch else [LocalResponseNormalisation()]),
            *convolution(narrow, narrow, 1, batch=batch),
            *convolution(narrow, wide, 3, batch=batch),
            *([] if batch else [LocalResponseNormalisation()]),
            nn.MaxPool2d(3, 2, ceil_mode=True),
        )
        pools = [nn.MaxPool2d(3, 2, ceil_mode=True), nn.MaxPool2d(2 if batch else 3, 2, ceil_mode=True)]
        self.blocks, channels = nn.ModuleList(), [wide]
        for index, modules in enumerate(stages):
            if index > 0:
                self.blocks.append(pools[index - 1])
                channels.append(channels[-1])
            for widths in modules:
                module = InceptionModule(channels[-1], widths, batch=batch)
                self.blocks.append(module)
                channels.append(module.channels)
        first = len(stages[0]) + 2  # number of blocks that have run after the first module of the second stage
        self.read = (first, first + len(stages[1]) - 2) if heads else ()
        self.heads = nn.ModuleList(auxiliary_head(channels[at], *heads, classes, batch=batch) for at in self.read)
        self.classifier = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.4), nn.Linear(channels[-1], classes)
        )

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"] | Predictions:
        """Return the logits of the classes, and those of the heads where there are any."""
        maps = self._maps(x)
        y = self.classifier(maps[-1])
        if not self.heads:
            return y
        lower, upper = (head(maps[at]) for head, at in zip(self.heads, self.read, strict=True))
        return Predictions(y, lower, upper)

    def trunk(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Return the features before they are pooled."""
        return self._maps(x)[-1]

    def _maps(self, x: Tensor) -> list[Tensor]:
        """Return what the stem and each block give out: the heads read some of it."""
        maps = [self.stem(x)]
        for block in self.blocks:
            maps.append(block(maps[-1]))
        return maps

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 40, W: int = 34) -> dict[str, Tensor]:
        """Return random images, of which height and width differ, with contrasts as in pixel values from 0 to 255."""
        return {"x": 50 * torch.randn(B, self.in_channels, H, W, generator=generator)}

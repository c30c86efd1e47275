"""Normaliser-free network: a residual network that keeps the variance of its signals by design, without normalisation.

Source: Brock et al. 2021, "High-performance large-scale image recognition without normalization" (brock2021high), and
Brock, De & Smith 2021 (brock2021characterizing) for the scales.

Equations:
    x_{l+1} = x_l + alpha F_l(x_l / beta_l),   beta_l = sqrt(variance_l)
    variance_{l+1} = variance_l + alpha^2,   where the shortcut of a stage's first block starts again from 1
    F: activation and 1x1, 3x3, 3x3, 1x1 convolutions with standardised filters; twice squeeze-and-excitation; SkipInit

Shapes: B examples, C input channels, H height, W width, K classes.
"""

from collections.abc import Iterator, Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.component.skipinit import SkipInit
from implementations.concepts.convolution_layer.squeeze_and_excitation import SqueezeAndExcitation
from implementations.concepts.normalisation.scaled_weight_standardisation import ScaledStandardisedConvolution
from kb.guards import checked_arguments, checked_inputs

GAIN = 1.7015043497085571  # of GELU: with it a standard normal number keeps its variance (the authors' code)


class ScaledGELU(nn.Module):
    """The Gaussian error linear unit, scaled so that it keeps the variance of a standard normal number."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the function of every number."""
        return GAIN * F.gelu(x)


def convolution(inputs: int, outputs: int, size: int, stride: int = 1, groups: int = 1) -> nn.Module:
    """Return a convolution with standardised filters."""
    return ScaledStandardisedConvolution(
        in_channels=inputs, out_channels=outputs, kernel_size=size, stride=stride, groups=groups
    )


class NormaliserFreeBlock(nn.Module):
    """A residual block whose input is divided by its predicted standard deviation.

    Args:
        inputs: Channels of the input.
        outputs: Channels of the output; half of them inside.
        stride: Step of the first 3x3 convolution.
        group: Channels of a group of the 3x3 convolutions.
        alpha: Scale of the branch.
        beta: Predicted standard deviation of the input.
    """

    def __init__(self, inputs: int, outputs: int, stride: int, group: int, alpha: float, beta: float) -> None:
        super().__init__()
        self.alpha, self.beta = alpha, beta
        inside = outputs // 2
        groups = inside // group
        self.activation = ScaledGELU()
        self.shortcut: nn.Module | None = None
        if stride > 1 or inputs != outputs:
            pool = [nn.AvgPool2d(2, stride, ceil_mode=True, count_include_pad=False)] if stride > 1 else []
            self.shortcut = nn.Sequential(*pool, convolution(inputs, outputs, 1))
        self.branch = SkipInit(
            branch=nn.Sequential(
                convolution(inputs, inside, 1),
                ScaledGELU(),
                convolution(inside, inside, 3, stride, groups),
                ScaledGELU(),
                convolution(inside, inside, 3, 1, groups),
                ScaledGELU(),
                convolution(inside, outputs, 1),
                SqueezeAndExcitation(channels=outputs, hidden=outputs // 2),
            )
        )

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Return the sum of shortcut and branch; twice the branch makes up for the excitation, which halves it."""
        active = self.activation(x) / self.beta
        shortcut = x if self.shortcut is None else self.shortcut(active)
        return shortcut + self.alpha * 2 * self.branch(active)


def predicted_scales(blocks: Sequence[int], alpha: float) -> Iterator[tuple[int, int, float]]:
    """Yield stage, position in it, and the predicted standard deviation of its input, for each block in order."""
    variance = 1.0
    for stage, depth in enumerate(blocks):
        for position in range(depth):
            yield stage, position, variance**0.5
            variance = (1.0 if position == 0 else variance) + alpha**2


class NFNet(nn.Module):
    """Stem of four convolutions, stages of normaliser-free blocks, a wide last convolution, pooling, linear classifier.

    Args:
        blocks: Blocks of each stage; every stage but the first halves the resolution.
        widths: Channels of each stage.
        stem: Channels after the stem, a multiple of 8.
        features: Channels of the last convolution.
        group: Channels of a group of the 3x3 convolutions.
        alpha: Scale of the branches.
        drop_rate: Share of the features that is dropped before the classifier in training.
        in_channels: Number C of input channels.
        classes: Number K of classes.

    Raises:
        ValueError: There is not one width for each stage, or half of one is not a multiple of the group.

    Example:
        >>> NFNet()(torch.zeros(2, 3, 32, 24)).shape
        torch.Size([2, 5])
    """

    @checked_arguments(drop_rate=(0, 1))
    def __init__(
        self,
        *,
        blocks: Sequence[int] = (1, 2),
        widths: Sequence[int] = (8, 16),
        stem: int = 8,
        features: int = 16,
        group: int = 4,
        alpha: float = 0.2,
        drop_rate: float = 0.0,
        in_channels: int = 3,
        classes: int = 5,
    ) -> None:
        super().__init__()
        if len(widths) != len(blocks) or any(width % (2 * group) for width in widths):
            raise ValueError(f"widths ({list(widths)}) must be {len(blocks)} multiples of twice the group ({group})")
        self.in_channels = in_channels
        self.stem = nn.Sequential(
            convolution(in_channels, stem // 8, 3, 2),
            ScaledGELU(),
            convolution(stem // 8, stem // 4, 3),
            ScaledGELU(),
            convolution(stem // 4, stem // 2, 3),
            ScaledGELU(),
            convolution(stem // 2, stem, 3, 2),
        )
        self.stages = nn.Sequential(*(nn.Sequential() for _ in blocks))
        channels = stem
        for stage, position, beta in predicted_scales(blocks, alpha):
            stride = 2 if stage > 0 and position == 0 else 1
            self.stages[stage].append(NormaliserFreeBlock(channels, widths[stage], stride, group, alpha, beta))
            channels = widths[stage]
        self.last = nn.Sequential(convolution(channels, features, 1), ScaledGELU(), nn.AdaptiveAvgPool2d(1))
        self.classifier = nn.Sequential(nn.Flatten(), nn.Dropout(drop_rate), nn.Linear(features, classes))

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"]:
        """Return the logits of the classes."""
        return self.classifier(self.last(self.trunk(x)))

    def trunk(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Return the features before the layers that pool them."""
        return self.stages(self.stem(x))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 32, W: int = 24) -> dict[str, Tensor]:
        """Return random images; height and width differ."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}

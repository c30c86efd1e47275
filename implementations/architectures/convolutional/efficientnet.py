"""EfficientNet: inverted residual blocks with squeeze-and-excitation, scaled in depth, width and resolution together.

Source: Tan & Le 2019 (tan2019efficientnet), sec. 4, Table 1 (the layout of B0), eq. 3 (the scaling).

Equations:
    F(x) = W_3 E(u(D u(W_1 x)))           W_1: 1x1 to t times the channels, D: a filter for each channel, W_3: 1x1 back;
                                          batch normalisation after each; u(z) = z sigmoid(z)
    E(h)[c] = h[c] sigmoid(V_2 u(V_1 mean(h)))[c]
    y = x + F(x) where the block keeps channels and resolution, else y = F(x)
    depth = 1.2^phi, width = 1.1^phi, resolution = 1.15^phi                  eq. 3; 1.2 * 1.1^2 * 1.15^2 is about 2

Shapes: B examples, C input channels, H height, W width, D channels of a stage, K classes.
"""

from collections.abc import Sequence
from math import ceil

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.component.residual_connection import ResidualConnection
from implementations.concepts.convolution_layer.squeeze_and_excitation import SqueezeAndExcitation
from kb.guards import checked_arguments, checked_inputs


class SwishExcitation(SqueezeAndExcitation):
    """Squeeze-and-excitation with a swish between its two layers."""

    def forward(self, x: Float[Tensor, "B D h w"]) -> Float[Tensor, "B D h w"]:
        """Return the scaled channels."""
        scale = torch.sigmoid(self.excite(F.silu(self.squeeze(x.mean((2, 3))))))
        return x * scale[:, :, None, None]  # [B, D] -> [B, D, 1, 1]


def convolution(inputs: int, outputs: int, size: int, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    """Return a convolution without bias and its batch normalisation."""
    filters = nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, groups=groups, bias=False)
    return [filters, nn.BatchNorm2d(outputs)]


def inverted_residual(inputs: int, outputs: int, size: int, stride: int, expansion: int, reduction: int) -> nn.Module:
    """Return a block: widen, filter, scale the channels, narrow; added to its input where the sizes agree."""
    inside = expansion * inputs
    widen = [*convolution(inputs, inside, 1), nn.SiLU()] if expansion > 1 else []
    branch = nn.Sequential(
        *widen,
        *convolution(inside, inside, size, stride, groups=inside),
        nn.SiLU(),
        SwishExcitation(channels=inside, hidden=max(1, inputs // reduction)),
        *convolution(inside, outputs, 1),
    )
    return ResidualConnection(branch=branch) if stride == 1 and inputs == outputs else branch


def rounded(channels: float, divisor: int) -> int:
    """Return the nearest multiple of a divisor, but not less than 90% of the channels.

    Example:
        >>> rounded(35.2, 8), rounded(19.1, 8)
        (32, 24)
    """
    nearest = max(divisor, int(channels + divisor / 2) // divisor * divisor)
    return nearest if nearest >= 0.9 * channels else nearest + divisor


class EfficientNet(nn.Module):
    """A full convolution, inverted residual blocks, a 1x1 convolution, global average pooling, linear classifier.

    Args:
        stages: `[t, k, c, n, s]` for each stage: expansion, side of the filters, channels, blocks, stride of the first.
        stem: Channels of the first convolution.
        last: Channels of the last convolution.
        width: Factor of all channels.
        depth: Factor of all numbers of blocks, which are rounded up.
        reduction: Of so many input channels of a block one hidden unit of its excitation is made.
        divisor: Channels are rounded to multiples of it.
        in_channels: Number C of input channels.
        dropout: Share of the pooled features that training drops.
        classes: Number K of classes.

    Example:
        >>> len(EfficientNet(stages=[[1, 3, 4, 2, 1]], depth=1.2).stages[0])
        3
    """

    @checked_arguments(width=0, depth=0, dropout=(0, 1))
    def __init__(
        self,
        *,
        stages: Sequence[Sequence[int]] = ((1, 3, 4, 1, 1), (2, 5, 8, 2, 2)),
        stem: int = 4,
        last: int = 8,
        width: float = 1.0,
        depth: float = 1.0,
        reduction: int = 4,
        divisor: int = 1,
        in_channels: int = 3,
        dropout: float = 0.2,
        classes: int = 5,
    ) -> None:
        super().__init__()
        self.in_channels = in_channels
        channels, final = rounded(width * stem, divisor), rounded(width * last, divisor)
        self.stem = nn.Sequential(*convolution(in_channels, channels, 3, stride=2), nn.SiLU())
        self.stages = nn.Sequential()
        for expansion, size, base, blocks, stride in stages:
            stage, outputs = nn.Sequential(), rounded(width * base, divisor)
            for position in range(ceil(depth * blocks)):
                step = stride if position == 0 else 1
                stage.append(inverted_residual(channels, outputs, size, step, expansion, reduction))
                channels = outputs
            self.stages.append(stage)
        self.head = nn.Sequential(*convolution(channels, final, 1), nn.SiLU(), nn.AdaptiveAvgPool2d(1))
        self.classifier = nn.Sequential(nn.Dropout(dropout), nn.Linear(final, classes))

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

"""Time-conditioned U-Net: down to coarser levels and up again; features from the way down are passed on to the way up.

Source: the code of Ho, Jain & Abbeel 2020 (ho2020denoising), described in its appendix B; the U, with its connections
across, is of Ronneberger, Fischer & Brox 2015 (ronneberger2015u).

Equations:
    time = A swish(B code(t) + b) + a
    down: h = block(h, time), kept for the way up; between levels a convolution with stride 2, whose output is kept too
    up:   h = block([h, what was kept last], time); between levels every pixel is doubled, and a convolution follows
    on levels with attention, and in the middle: h + V softmax(Q K' / sqrt(channels)), over all positions

Shapes: B examples, C channels of an image, D channels inside, H height, W width, U numbers that encode the time.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.convolution_layer.time_conditioned_residual_block import TimeConditionedResidualBlock
from implementations.concepts.pooling.nearest_neighbour_upsampling import NearestNeighbourUpsampling
from kb.guards import checked_arguments


class SpatialAttention(nn.Module):
    """Every position adds a weighted mean over all positions to its features; it begins as the identity."""

    def __init__(self, *, channels: int, groups: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(groups, channels, eps=1e-6)
        self.project, self.output = nn.Conv2d(channels, 3 * channels, 1), nn.Conv2d(channels, channels, 1)
        _zero(self.output)

    def forward(self, x: Float[Tensor, "B D H W"]) -> Float[Tensor, "B D H W"]:
        """Return the sum of the features and the mapped weighted means."""
        q, k, v = self.project(self.norm(x)).flatten(2).mT.chunk(3, 2)  # [B, H W, D]
        attended = F.scaled_dot_product_attention(q, k, v)
        return x + self.output(attended.mT.unflatten(2, x.shape[2:]))


class Step(nn.Module):
    """A residual block, optionally followed by attention."""

    def __init__(
        self, inputs: int, outputs: int, *, time: int, groups: int, dropout: float, attends: bool = False
    ) -> None:
        super().__init__()
        self.block = TimeConditionedResidualBlock(
            in_channels=inputs, out_channels=outputs, time=time, groups=groups, dropout=dropout
        )
        self.attention = SpatialAttention(channels=outputs, groups=groups) if attends else nn.Identity()

    def forward(self, x: Float[Tensor, "B C H W"], time: Float[Tensor, "B U"]) -> Float[Tensor, "B D H W"]:
        """Return new features."""
        return self.attention(self.block(x, time))


class TimeConditionedUNet(nn.Module):
    """Predicts the noise in an image from the noisy image and its step.

    Args:
        channels: Number C of channels of an image.
        width: Even number of channels of the first level.
        multipliers: For every level, its channels as a multiple of `width`; every level but the first has half the
            height and width of the one before.
        blocks: Residual blocks of a level on the way down; there is one more on the way up.
        attention: Levels with attention, the first being 0.
        groups: Groups of channels that are normalised together.
        dropout: Share of the inputs of each block's second convolution that training drops.
    """

    @checked_arguments(attention=0, dropout=(0, 1))
    def __init__(
        self,
        *,
        channels: int = 1,
        width: int = 4,
        multipliers: Sequence[int] = (1, 2),
        blocks: int = 1,
        attention: Sequence[int] = (1,),
        groups: int = 2,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.width = width
        shared = {"time": 4 * width, "groups": groups, "dropout": dropout}
        self.time_embedding = nn.Sequential(nn.Linear(width, 4 * width), nn.SiLU(), nn.Linear(4 * width, 4 * width))
        self.stem = nn.Conv2d(channels, width, 3, padding=1)
        self.down, self.downsample, self.up, self.upsample = (nn.ModuleList() for _ in range(4))
        levels = [(width * multiplier, level in attention) for level, multiplier in enumerate(multipliers)]
        current, skip_channels = width, [width]
        for level, (outputs, attends) in enumerate(levels):
            if level > 0:
                self.downsample.append(
                    nn.Sequential(nn.ZeroPad2d((0, 1, 0, 1)), nn.Conv2d(current, current, 3, stride=2))
                )
                skip_channels.append(current)
            widths = [current, *[outputs] * blocks]
            self.down.append(nn.ModuleList(Step(a, b, attends=attends, **shared) for a, b in pairwise(widths)))
            skip_channels += widths[1:]
            current = outputs
        self.middle = nn.ModuleList(Step(current, current, attends=attends, **shared) for attends in (True, False))
        for level, (outputs, attends) in reversed(list(enumerate(levels))):
            widths = [current, *[outputs] * (blocks + 1)]
            self.up.append(
                nn.ModuleList(Step(a + skip_channels.pop(), b, attends=attends, **shared) for a, b in pairwise(widths))
            )
            current = outputs
            if level > 0:
                self.upsample.append(
                    nn.Sequential(NearestNeighbourUpsampling(), nn.Conv2d(current, current, 3, padding=1))
                )
        self.head = nn.Sequential(
            nn.GroupNorm(groups, current, eps=1e-6), nn.SiLU(), nn.Conv2d(current, channels, 3, padding=1)
        )
        _zero(self.head[-1])

    def forward(self, x: Float[Tensor, "B C H W"], t: Int[Tensor, " B"]) -> Float[Tensor, "B C H W"]:
        """Return the noise in every image, which is at step t of its chain; before training the prediction is zero."""
        time = self.time_embedding(time_code(t, self.width).to(x.dtype))
        h = self.stem(x)
        skip_channels = [h]
        for level, steps in enumerate(self.down):
            if level > 0:
                h = self.downsample[level - 1](h)
                skip_channels.append(h)
            for step in steps:
                h = step(h, time)
                skip_channels.append(h)
        for step in self.middle:
            h = step(h, time)
        for level, steps in enumerate(self.up):
            if level > 0:
                h = self.upsample[level - 1](h)
            for step in steps:
                h = step(torch.cat([h, skip_channels.pop()], 1), time)
        return self.head(h)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, H: int = 6, W: int = 4) -> dict[str, Tensor]:
        """Return random images, whose height and width differ, and steps."""
        x = torch.randn(B, self.stem.in_channels, H, W, generator=generator)
        return {"x": x, "t": torch.randint(1, 100, (B,), generator=generator)}


def time_code(t: Int[Tensor, " B"], width: int) -> Float[Tensor, "B width"]:
    """Return sines and cosines of the time, whose frequencies fall from 1 to 1 / 10,000."""
    half = width // 2
    frequencies = torch.logspace(0, -4, half, dtype=torch.float64, device=t.device)
    angles = t[:, None] * frequencies
    return torch.cat([angles.sin(), angles.cos()], 1)


def _zero(layer: nn.Conv2d) -> None:
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)

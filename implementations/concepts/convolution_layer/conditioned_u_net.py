"""Conditioned U-Net: a time-conditioned U-Net, the positions of which also attend to vectors of a condition.

Source: Rombach et al. 2022, sec. 3.3 (rombach2022high), in the form of their code; the rest of the network is that of
Ho, Jain & Abbeel 2020 (ho2020denoising).

Equations:
    on levels with attention, and in the middle:
        h = P norm(x)
        h = h + Attention(LN h, LN h)                     each position attends to all
        h = h + Attention(LN h, condition)                and to all vectors of the condition
        h = h + W (a * gelu(g)),   [a, g] = V LN h
        y = x + O h                                       O = 0 at the start
    Attention(x, y) = softmax(Q x (K y)' / sqrt(numbers of a head)) V y,   for several heads

Shapes: B examples, C channels of a code, D channels inside, H height, W width, T positions, S vectors of the condition
with F numbers each.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.convolution_layer.time_conditioned_u_net import (
    SpatialAttention,
    Step,
    TimeConditionedUNet,
    time_code,
)
from kb.guards import checked_arguments


class Attention(nn.Module):
    """Attention with several heads to vectors that may be of another width than those that attend."""

    def __init__(self, width: int, attended: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width, bias=False)
        self.key, self.value = (nn.Linear(attended, width, bias=False) for _ in range(2))
        self.output = nn.Linear(width, width)

    def forward(self, x: Float[Tensor, "B T D"], memory: Float[Tensor, "B S F"]) -> Float[Tensor, "B T D"]:
        """Return the result of attention to `memory` at every position of `x`."""
        q, k, v = (
            projected.unflatten(-1, (self.heads, -1)).transpose(1, 2)  # [B, heads, T or S, D / heads]
            for projected in (self.query(x), self.key(memory), self.value(memory))
        )
        return self.output(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))


class ConditionedAttention(nn.Module):
    """A Transformer block on the positions of a feature map, which also attend to a condition; begins as the identity.

    Self-attention, cross-attention and a gated perceptron follow each other, each normalised before and added after.
    """

    def __init__(self, *, channels: int, condition: int, heads: int, groups: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(groups, channels, eps=1e-6)
        self.project, self.output = nn.Conv2d(channels, channels, 1), nn.Conv2d(channels, channels, 1)
        self.norm_1, self.norm_2, self.norm_3 = (nn.LayerNorm(channels) for _ in range(3))
        self.self_attention = Attention(channels, channels, heads)
        self.cross_attention = Attention(channels, condition, heads)
        self.hidden, self.mixing = nn.Linear(channels, 8 * channels), nn.Linear(4 * channels, channels)
        nn.init.zeros_(self.output.weight)
        nn.init.zeros_(self.output.bias)

    def forward(self, x: Float[Tensor, "B D H W"], condition: Float[Tensor, "B S F"]) -> Float[Tensor, "B D H W"]:
        """Return the sum of the features and the mapped results of the block."""
        h = self.project(self.norm(x)).flatten(2).mT  # [B, H W, D]
        normalised = self.norm_1(h)
        h = h + self.self_attention(normalised, normalised)
        h = h + self.cross_attention(self.norm_2(h), condition)
        value, gate = self.hidden(self.norm_3(h)).chunk(2, 2)
        h = h + self.mixing(value * F.gelu(gate))
        return x + self.output(h.mT.unflatten(2, x.shape[2:]))


class ConditionedUNet(TimeConditionedUNet):
    """Predicts the noise in an image or a code, given its step and a condition.

    Args:
        channels, width, multipliers, blocks, attention, groups, dropout: As in `TimeConditionedUNet`.
        condition: Number F of numbers of a vector of the condition.
        heads: Attention heads; must divide the channels of every level with attention, and of the last level.

    Raises:
        ValueError: The heads do not divide the channels.
    """

    @checked_arguments(attention=0, dropout=(0, 1))
    def __init__(
        self,
        *,
        channels: int = 1,
        width: int = 4,
        multipliers: Sequence[int] = (1, 2),
        blocks: int = 1,
        attention: Sequence[int] = (0,),
        groups: int = 2,
        dropout: float = 0.0,
        condition: int = 3,
        heads: int = 2,
    ) -> None:
        super().__init__(
            channels=channels,
            width=width,
            multipliers=multipliers,
            blocks=blocks,
            attention=attention,
            groups=groups,
            dropout=dropout,
        )
        self.condition = condition
        for step in [step for step in self.modules() if isinstance(step, Step)]:
            if isinstance(step.attention, SpatialAttention):
                inside = step.attention.output.in_channels
                if inside % heads:
                    raise ValueError(f"heads ({heads}) must divide the {inside} channels of a level with attention")
                step.attention = ConditionedAttention(channels=inside, condition=condition, heads=heads, groups=groups)
        for padding_and_convolution in self.downsample:
            padding_and_convolution[0] = nn.ZeroPad2d(1)  # on all sides, as in their code

    def forward(
        self, x: Float[Tensor, "B C H W"], t: Int[Tensor, " B"], condition: Float[Tensor, "B S F"]
    ) -> Float[Tensor, "B C H W"]:
        """Return the noise in every input, which is at step t of its chain; before training the prediction is zero."""
        time = self.time_embedding(time_code(t, self.width).to(x.dtype))
        h = self.stem(x)
        skip_channels = [h]
        for level, steps in enumerate(self.down):
            if level > 0:
                h = self.downsample[level - 1](h)
                skip_channels.append(h)
            for step in steps:
                h = _through(step, h, time, condition)
                skip_channels.append(h)
        for step in self.middle:
            h = _through(step, h, time, condition)
        for level, steps in enumerate(self.up):
            if level > 0:
                h = self.upsample[level - 1](h)
            for step in steps:
                h = _through(step, torch.cat([h, skip_channels.pop()], 1), time, condition)
        return self.head(h)

    def example_inputs(
        self, generator: torch.Generator, *, B: int = 3, H: int = 6, W: int = 4, S: int = 3
    ) -> dict[str, Tensor]:
        """Return random codes, whose height and width differ, steps, and vectors of a condition."""
        inputs = super().example_inputs(generator, B=B, H=H, W=W)
        return inputs | {"condition": torch.randn(B, S, self.condition, generator=generator)}


def _through(step: Step, h: Tensor, time: Tensor, condition: Tensor) -> Tensor:
    """Return new features: those of the residual block, and where there is attention, of this to the condition too."""
    h = step.block(h, time)
    return step.attention(h, condition) if isinstance(step.attention, ConditionedAttention) else h

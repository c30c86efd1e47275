"""Reversible residual network: the input of a block can be computed from its output, so that it need not be stored.

Source: Gomez et al. 2017, "The reversible residual network: backpropagation without storing activations"
(gomez2017reversible); layout of the stages as in the authors' code, github.com/renmengye/revnet-public.

Equations:
    y_1 = x_1 + F(x_2),       y_2 = x_2 + G(y_1)          a reversible block
    y_1 = S(x_1) + F(x_2),    y_2 = S(x_2) + G(y_1)       the first block of every stage but the first
    F, G: BN, ReLU, 3x3 convolution, twice; without the first BN and ReLU in the very first F
    S: averages over 2x2 pixels, and channels of zeros on both sides

Shapes: B examples, C input channels, D channels of the first stage, H height, W width, K classes.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.coupling_layer.reversible_block import ReversibleBlock
from implementations.concepts.efficiency.reversible_backpropagation import reversible_backpropagation
from kb.guards import checked_arguments, checked_inputs


def activated(channels: int) -> list[nn.Module]:
    """Return batch normalisation and ReLU."""
    return [nn.BatchNorm2d(channels), nn.ReLU()]


def branch(inputs: int, outputs: int, stride: int = 1, *, first: bool = False) -> nn.Sequential:
    """Return F or G; the `first` of the network reads what is activated already."""
    return nn.Sequential(
        *([] if first else activated(inputs)),
        nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False),
        *activated(outputs),
        nn.Conv2d(outputs, outputs, 3, padding=1, bias=False),
    )


class Transition(nn.Module):
    """A block that halves the resolution and widens, and cannot be reversed."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.f, self.g = branch(inputs, outputs, 2), branch(outputs, outputs)
        self.before = (outputs - inputs) // 2
        self.after = outputs - inputs - self.before

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D (H+1)//2 (W+1)//2"]:
        """Return both halves at half the resolution."""
        x_1, x_2 = x.chunk(2, 1)
        y_1 = self.shortcut(x_1) + self.f(x_2)
        y_2 = self.shortcut(x_2) + self.g(y_1)
        return torch.cat([y_1, y_2], 1)

    def shortcut(self, x: Tensor) -> Tensor:
        """Return averages over 2x2 pixels, between channels of zeros."""
        return F.pad(F.avg_pool2d(x, 2, 2, ceil_mode=True), (0, 0, 0, 0, self.before, self.after))


class ReversibleResidualNetwork(nn.Module):
    """Stem, stages of reversible blocks, a last normalisation and ReLU, global average pooling, linear classifier.

    Args:
        blocks: Blocks of each stage; the first block of every stage but the first is not reversible.
        width: Channels D of the first stage.
        multiples: Channels of each stage, as multiples of those of the first.
        in_channels: Number C of input channels.
        classes: Number K of classes.
        stored: Whether activations are stored for the backward pass; otherwise they are computed again.

    Raises:
        ValueError: The channels of a stage cannot be halved, or there are not as many multiples as stages.

    Examples:
        >>> net, x = ReversibleResidualNetwork(), torch.randn(2, 4, 6, 5)
        >>> torch.allclose(net.reverse(net.reversible(x)), x, atol=1e-5)
        True
        >>> ReversibleResidualNetwork(width=3)
        Traceback (most recent call last):
        ValueError: ReversibleResidualNetwork(width=3) cannot be built: channels [3, 6] must be even, for two halves
        >>> ReversibleResidualNetwork(blocks=[1])
        Traceback (most recent call last):
        ValueError: ReversibleResidualNetwork(blocks=[1]) cannot be built: expected 1 multiples, came (1.0, 2.0)
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        blocks: Sequence[int] = (2, 2),
        width: int = 4,
        multiples: Sequence[float] = (1.0, 2.0),
        in_channels: int = 3,
        classes: int = 5,
        stored: bool = True,
    ) -> None:
        super().__init__()
        if len(multiples) != len(blocks):
            raise ValueError(f"expected {len(blocks)} multiples, came {multiples}")
        channels = [round(width * multiple) for multiple in multiples]
        if any(number % 2 for number in channels):
            raise ValueError(f"channels {channels} must be even, for two halves")
        self.in_channels, self.channels, self.stored = in_channels, channels, stored
        self.stem = nn.Sequential(
            nn.Conv2d(in_channels, channels[0], 3, padding=1, bias=False), *activated(channels[0])
        )
        halves = [number // 2 for number in channels]
        self.transitions = nn.ModuleList(Transition(*pair) for pair in pairwise(halves))
        self.stages = nn.ModuleList(
            nn.ModuleList(
                ReversibleBlock(f=branch(half, half, first=stage == block == 0), g=branch(half, half))
                for block in range(depth - (stage > 0))
            )
            for stage, (half, depth) in enumerate(zip(halves, blocks, strict=True))
        )
        self.last = nn.Sequential(*activated(channels[-1]))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(channels[-1], classes)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"]:
        """Return the logits of the classes."""
        return self.classifier(self.pool(self.trunk(x)).flatten(1))  # [B, D, 1, 1] -> [B, K]

    def trunk(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Return the features before they are pooled."""
        x = self.reversible(self.stem(x))
        for transition, stage in zip(self.transitions, self.stages[1:], strict=True):
            x = self.run(stage, transition(x))
        return self.last(x)

    def reversible(self, x: Float[Tensor, "B D H W"]) -> Float[Tensor, "B D H W"]:
        """Return the output of the first stage, all of whose blocks can be reversed."""
        return self.run(self.stages[0], x)

    def reverse(self, y: Float[Tensor, "B D H W"]) -> Float[Tensor, "B D H W"]:
        """Return the input of the first stage, computed from its output."""
        for block in reversed(self.stages[0]):
            y = block.inverse(y)
        return y

    def run(self, stage: nn.ModuleList, x: Tensor) -> Tensor:
        """Return the output of the reversible blocks of a stage."""
        if not self.stored:
            return reversible_backpropagation(list(stage), x)
        for block in stage:
            x = block(x)
        return x

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 8, W: int = 6) -> dict[str, Tensor]:
        """Return random images; height and width differ."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}

    def reversible_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 5, W: int = 4) -> dict[str, Tensor]:
        """Return random features of the first stage."""
        return {"x": torch.randn(B, self.channels[0], H, W, generator=generator)}

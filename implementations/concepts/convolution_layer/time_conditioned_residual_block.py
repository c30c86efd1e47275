"""Time-conditioned residual block: two convolutions, between which a function of the time is added.

Source: `resnet_block` in the code of Ho, Jain & Abbeel 2020 (ho2020denoising).

Equations:
    h = conv_1(swish(norm_1(x))) + A swish(time) + a
    y = conv_2(swish(norm_2(h))) + S x        S: a 1x1 convolution where the number of channels changes

Shapes: B examples, C input channels, D output channels, H height, W width, U numbers that encode the time.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class TimeConditionedResidualBlock(nn.Module):
    """A residual block of 3x3 convolutions and group norms with the time as an input. It begins as its shortcut.

    Args:
        in_channels: Number C of input channels.
        out_channels: Number D of output channels.
        time: Number U of numbers that encode the time.
        groups: Groups of channels that are normalised together.
        dropout: Share of the inputs of the second convolution that training drops.
    """

    @checked_arguments(dropout=(0, 1))
    def __init__(
        self, *, in_channels: int = 4, out_channels: int = 6, time: int = 5, groups: int = 2, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.norm_1 = nn.GroupNorm(groups, in_channels, eps=1e-6)
        self.conv_1 = nn.Conv2d(in_channels, out_channels, 3, padding=1)
        self.time = nn.Linear(time, out_channels)
        self.norm_2 = nn.GroupNorm(groups, out_channels, eps=1e-6)
        self.dropout = nn.Dropout(dropout)
        self.conv_2 = nn.Conv2d(out_channels, out_channels, 3, padding=1)
        nn.init.zeros_(self.conv_2.weight)
        nn.init.zeros_(self.conv_2.bias)
        self.shortcut = nn.Identity() if in_channels == out_channels else nn.Conv2d(in_channels, out_channels, 1)

    def forward(self, x: Float[Tensor, "B C H W"], time: Float[Tensor, "B U"]) -> Float[Tensor, "B D H W"]:
        """Return the sum of shortcut and branch."""
        h = self.conv_1(F.silu(self.norm_1(x))) + self.time(F.silu(time))[:, :, None, None]
        return self.shortcut(x) + self.conv_2(self.dropout(F.silu(self.norm_2(h))))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 4, W: int = 3) -> dict[str, Tensor]:
        """Return random features, whose height and width differ, and a random time."""
        x = torch.randn(B, self.conv_1.in_channels, H, W, generator=generator)
        return {"x": x, "time": torch.randn(B, self.time.in_features, generator=generator)}

"""Causal convolution: along time, with a filter that ends at the position of its output.

Source: Bai et al. 2018 (bai2018empirical). As everywhere in networks, the filter is not flipped.

Equations:
    F(s) = b + sum over i of f(i) x[s - d i]      i = 0 .. k - 1, d: dilation; x is 0 before its start

Shapes: B examples, C input channels, D output channels, T positions.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class CausalConvolution(nn.Conv1d):
    """One-dimensional convolution, padded at the start only.

    Args:
        in_channels: Number C of input channels.
        out_channels: Number D of output channels.
        kernel_size: Number k of weights along time.
        dilation: Distance d of the positions under the filter.

    Example:
        >>> CausalConvolution(in_channels=2, out_channels=3)(torch.zeros(1, 2, 7)).shape
        torch.Size([1, 3, 7])
    """

    @checked_arguments()
    def __init__(self, *, in_channels: int = 2, out_channels: int = 3, kernel_size: int = 3, dilation: int = 2) -> None:
        super().__init__(in_channels, out_channels, kernel_size, dilation=dilation)
        self.reach = dilation * (kernel_size - 1)

    def forward(self, x: Float[Tensor, "B C T"]) -> Float[Tensor, "B D T"]:
        """Return the filtered signal, as long as it was."""
        return super().forward(F.pad(x, [self.reach, 0]))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 9) -> dict[str, Tensor]:
        """Return a random signal."""
        return {"x": torch.randn(B, self.in_channels, T, generator=generator)}

"""Depthwise separable convolution: one filter for each channel, then a pointwise convolution.

Source: Chollet 2017 (chollet2017xception); Howard et al. 2017 (howard2017mobilenets), where normalisation and a unit
are between the two steps. Here nothing is between them.

Equations:
    y[d, p] = b[d] + sum over c of m[d, c] (sum over o of f[c, o] x[c, p + o])

Shapes: B examples, C input channels, D output channels, H height, W width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class DepthwiseSeparableConvolution(nn.Module):
    """Two-dimensional separable convolution of stride 1 that keeps the size; the filters are sums over shifts.

    Args:
        in_channels: Number C of input channels.
        out_channels: Number D of output channels.
        kernel_size: Odd width of the filters.

    Raises:
        ValueError: The kernel is even.
    """

    @checked_arguments()
    def __init__(self, *, in_channels: int = 2, out_channels: int = 3, kernel_size: int = 3) -> None:
        super().__init__()
        if kernel_size % 2 == 0:
            raise ValueError(f"kernel_size ({kernel_size}) must be odd to keep the size")
        self.filters = nn.Parameter(torch.randn(in_channels, kernel_size, kernel_size) / kernel_size)
        self.mix = nn.Parameter(torch.randn(out_channels, in_channels) / in_channels**0.5)
        self.bias = nn.Parameter(torch.zeros(out_channels))

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D H W"]:
        """Return the feature map; zeros surround the image."""
        return torch.einsum("bchw,dc->bdhw", self.filtered(x), self.mix) + self.bias[:, None, None]

    def filtered(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C H W"]:
        """Return every channel, filtered separately."""
        size, (height, width) = self.filters.shape[1], x.shape[2:]
        padded = F.pad(x, [size // 2] * 4)
        y = torch.zeros_like(x)
        for row in range(size):
            for column in range(size):
                window = padded[:, :, row : row + height, column : column + width]
                y = y + self.filters[:, row, column, None, None] * window
        return y

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 6, W: int = 5) -> dict[str, Tensor]:
        """Return a random image; height and width differ."""
        return {"x": torch.randn(B, len(self.filters), H, W, generator=generator)}

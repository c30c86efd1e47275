"""Dilated convolution: a filter that samples the image at every l-th pixel.

Source: Yu & Koltun 2016, eq. 2 (yu2015multi). As everywhere in networks, the filter is not flipped.

Equations:
    y[d, p] = b[d] + sum over c and o of w[d, c, o] x[c, p + l o]      l: dilation

Shapes: B examples, C input channels, D output channels, H height, W width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class DilatedConvolution(nn.Module):
    """Two-dimensional dilated convolution that keeps the size, written as a sum over shifts of the input.

    Args:
        in_channels: Number C of input channels.
        out_channels: Number D of output channels.
        kernel_size: Odd number of weights along each axis of the filter.
        dilation: Distance l of the pixels under the filter.

    Raises:
        ValueError: The kernel is even, or the dilation is not positive.
    """

    @checked_arguments()
    def __init__(self, *, in_channels: int = 2, out_channels: int = 3, kernel_size: int = 3, dilation: int = 2) -> None:
        super().__init__()
        if kernel_size % 2 == 0:
            raise ValueError(f"kernel_size ({kernel_size}) must be odd to keep the size")
        if dilation < 1:
            raise ValueError(f"dilation ({dilation}) must be positive")
        self.dilation = dilation
        shape = (out_channels, in_channels, kernel_size, kernel_size)
        self.weight = nn.Parameter(torch.randn(shape) / (in_channels * kernel_size**2) ** 0.5)
        self.bias = nn.Parameter(torch.zeros(out_channels))

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D H W"]:
        """Return the feature map; zeros surround the image."""
        size, (height, width) = self.weight.shape[2], x.shape[2:]
        padded = F.pad(x, [self.dilation * (size // 2)] * 4)
        y = x.new_zeros(len(x), len(self.weight), height, width) + self.bias[:, None, None]
        for row in range(size):
            for column in range(size):
                top, left = self.dilation * row, self.dilation * column
                window = padded[:, :, top : top + height, left : left + width]
                y = y + torch.einsum("bchw,dc->bdhw", window, self.weight[:, :, row, column])
        return y

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 8, W: int = 7) -> dict[str, Tensor]:
        """Return a random image; height and width differ."""
        return {"x": torch.randn(B, self.weight.shape[1], H, W, generator=generator)}

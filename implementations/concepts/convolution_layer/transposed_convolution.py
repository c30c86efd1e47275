"""Transposed convolution: every pixel of the input stamps a weighted copy of the filter on a larger output.

Source: Dumoulin & Visin 2016, section "Transposed convolution" (dumoulin2016guide).

Equations:
    y[c, q] = b[c] + sum over d, and p and o with s p + o = q, of w[d, c, o] x[d, p]      s: stride

Shapes: B examples, D input channels, C output channels, H height, W width; P, Q height and width of the output.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class TransposedConvolution(nn.Module):
    """Two-dimensional transposed convolution without padding, written as a sum of stamps.

    Args:
        in_channels: Number D of input channels.
        out_channels: Number C of output channels.
        kernel_size: Width k of the filter.
        stride: Distance s of neighbouring stamps.

    Raises:
        ValueError: The kernel or the stride is not positive.

    Example:
        >>> TransposedConvolution(kernel_size=3, stride=2)(torch.zeros(1, 3, 4, 4)).shape
        torch.Size([1, 2, 9, 9])
    """

    @checked_arguments()
    def __init__(self, *, in_channels: int = 3, out_channels: int = 2, kernel_size: int = 3, stride: int = 2) -> None:
        super().__init__()
        if kernel_size < 1 or stride < 1:
            raise ValueError(f"kernel_size ({kernel_size}) and stride ({stride}) must be positive")
        self.stride = stride
        shape = (in_channels, out_channels, kernel_size, kernel_size)
        self.weight = nn.Parameter(torch.randn(shape) / (in_channels * kernel_size**2) ** 0.5)
        self.bias = nn.Parameter(torch.zeros(out_channels))

    def forward(self, x: Float[Tensor, "B D H W"]) -> Float[Tensor, "B C P Q"]:
        """Return the sum of the stamps, of size s (H - 1) + k by s (W - 1) + k."""
        size, step = self.weight.shape[2], self.stride
        height, width = (step * (length - 1) + 1 for length in x.shape[2:])
        y = x.new_zeros(len(x), self.weight.shape[1], height + size - 1, width + size - 1) + self.bias[:, None, None]
        for row in range(size):
            for column in range(size):
                stamp = torch.einsum("bdhw,dc->bchw", x, self.weight[:, :, row, column])
                y[:, :, row : row + height : step, column : column + width : step] += stamp
        return y

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 4, W: int = 3) -> dict[str, Tensor]:
        """Return a random image; height and width differ."""
        return {"x": torch.randn(B, len(self.weight), H, W, generator=generator)}

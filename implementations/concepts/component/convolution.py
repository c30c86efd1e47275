"""Convolution: one small filter at every position of an image.

Source: LeCun et al. 1989 (lecun1989backpropagation); the lecture, S17. What networks call convolution is
cross-correlation: the filter is not flipped.

Equations:
    y[d, p] = b[d] + sum over c and o of w[d, c, o] x[c, p + o]

Shapes: B examples, C input channels, D output channels, H height, W width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class Convolution(nn.Module):
    """Two-dimensional convolution of stride 1 that keeps the size, written as a sum over shifts of the input.

    Args:
        in_channels: Number C of input channels.
        out_channels: Number D of output channels.
        kernel_size: Odd width of the filter.
        padding: `zeros` or `circular`.

    Raises:
        ValueError: The kernel is even, or the padding is unknown.
    """

    @checked_arguments()
    def __init__(
        self, *, in_channels: int = 2, out_channels: int = 3, kernel_size: int = 3, padding: str = "zeros"
    ) -> None:
        super().__init__()
        if kernel_size % 2 == 0:
            raise ValueError(f"kernel_size ({kernel_size}) must be odd to keep the size")
        if padding not in ("zeros", "circular"):
            raise ValueError(f"padding ({padding!r}) must be zeros or circular")
        self.mode = "constant" if padding == "zeros" else "circular"
        shape = (out_channels, in_channels, kernel_size, kernel_size)
        self.weight = nn.Parameter(torch.randn(shape) / (in_channels * kernel_size**2) ** 0.5)
        self.bias = nn.Parameter(torch.zeros(out_channels))

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D H W"]:
        """Return the feature map."""
        size, height, width = self.weight.shape[2], *x.shape[2:]
        padded = F.pad(x, [size // 2] * 4, mode=self.mode)
        y = x.new_zeros(len(x), len(self.weight), height, width) + self.bias[:, None, None]
        for row in range(size):
            for column in range(size):
                window = padded[:, :, row : row + height, column : column + width]
                y = y + torch.einsum("bchw,dc->bdhw", window, self.weight[:, :, row, column])
        return y

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 6, W: int = 5) -> dict[str, Tensor]:
        """Return a random image; height and width differ."""
        return {"x": torch.randn(B, self.weight.shape[1], H, W, generator=generator)}

"""Pixel shuffle: the channels of a position become the pixels of a block.

Source: Shi et al. 2016, "Real-time single image and video super-resolution using an efficient sub-pixel convolutional
neural network" (shi2016real).

Equations:
    y[c, r p + i, r q + j] = x[(c r + i) r + j, p, q]       i, j = 0 .. r - 1

Shapes: B examples, C input channels, H height, W width, D = C / r^2 output channels, P = r H rows, Q = r W columns.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class PixelShuffle(nn.Module):
    """Enlarges an image by giving each block of pixels the channels of one position. It has no parameters.

    Args:
        factor: Side r of a block.

    Example:
        >>> PixelShuffle(factor=2)(torch.arange(4.0).view(1, 4, 1, 1))[0, 0].tolist()
        [[0.0, 1.0], [2.0, 3.0]]
    """

    @checked_arguments()
    def __init__(self, *, factor: int = 2) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D P Q"]:
        """Return the image with fewer channels and more pixels."""
        blocks = x.unflatten(1, (-1, self.factor, self.factor))  # [B, D, r, r, H, W]
        return blocks.permute(0, 1, 4, 2, 5, 3).flatten(4).flatten(2, 3)  # [B, D, H, r, W, r] -> [B, D, H r, W r]

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 2, W: int = 3) -> dict[str, Tensor]:
        """Return a random image whose height and width differ."""
        return {"x": torch.randn(B, 3 * self.factor**2, H, W, generator=generator)}

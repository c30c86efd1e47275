"""Pointwise convolution: filters one pixel wide, which mix the channels of each pixel.

Source: Lin, Chen & Yan 2014 (lin2013network).

Equations:
    y[d, p] = b[d] + sum over c of w[d, c] x[c, p]

Shapes: B examples, C input channels, D output channels, H height, W width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class PointwiseConvolution(nn.Module):
    """The same affine map of the channels at every pixel.

    Args:
        in_channels: Number C of input channels.
        out_channels: Number D of output channels.
    """

    @checked_arguments()
    def __init__(self, *, in_channels: int = 2, out_channels: int = 3) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_channels, in_channels) / in_channels**0.5)
        self.bias = nn.Parameter(torch.zeros(out_channels))

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D H W"]:
        """Return the feature map."""
        return torch.einsum("bchw,dc->bdhw", x, self.weight) + self.bias[:, None, None]

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 6, W: int = 5) -> dict[str, Tensor]:
        """Return a random image; height and width differ."""
        return {"x": torch.randn(B, self.weight.shape[1], H, W, generator=generator)}

"""Nearest-neighbour upsampling: every pixel becomes a square of equal pixels.

Source: used in the U-Net of Ho, Jain & Abbeel 2020 (ho2020denoising), before a convolution.

Equations:
    y[c, p, q] = x[c, floor(p / k), floor(q / k)]

Shapes: B examples, C channels, H height, W width; P = k H, Q = k W.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class NearestNeighbourUpsampling(nn.Module):
    """Repeats every pixel in both directions.

    Args:
        factor: Number of times k that a pixel is repeated.

    Example:
        >>> NearestNeighbourUpsampling()(torch.tensor([[[[1.0, 2.0]]]]))
        tensor([[[[1., 1., 2., 2.],
                  [1., 1., 2., 2.]]]])
    """

    @checked_arguments()
    def __init__(self, *, factor: int = 2) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C P Q"]:
        """Return the enlarged image."""
        return x.repeat_interleave(self.factor, 2).repeat_interleave(self.factor, 3)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 4, W: int = 3) -> dict[str, Tensor]:
        """Return random images; height and width differ."""
        return {"x": torch.randn(B, 2, H, W, generator=generator)}

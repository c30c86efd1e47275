"""Frequency encoding: every coordinate becomes sines and cosines whose frequencies double.

Source: Mildenhall et al. 2020, eq. 4 (mildenhall2020nerf), where it is called positional encoding.

Equations:
    code(p) = (sin(2^0 pi p), cos(2^0 pi p), ..., sin(2^(K-1) pi p), cos(2^(K-1) pi p))         for every coordinate p

Shapes: B points, F coordinates, K frequencies, G = 2 K F numbers.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class FrequencyEncoding(nn.Module):
    """Sines and cosines of multiples of every coordinate, next to each other; no weights.

    Args:
        frequencies: Number K of frequencies, each twice the one before.

    Example:
        >>> FrequencyEncoding(frequencies=2)(torch.tensor([[0.5]])).round(decimals=3).abs()
        tensor([[1., 0., 0., 1.]])
    """

    @checked_arguments()
    def __init__(self, *, frequencies: int = 3) -> None:
        super().__init__()
        self.frequencies = frequencies

    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B G"]:
        """Return the codes of all coordinates of some points."""
        angles = math.pi * x[:, :, None] * 2 ** torch.arange(self.frequencies, device=x.device)  # [B, F, K]
        return torch.stack([angles.sin(), angles.cos()], 3).flatten(1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, F: int = 2) -> dict[str, Tensor]:
        """Return random points."""
        return {"x": torch.randn(B, F, generator=generator)}

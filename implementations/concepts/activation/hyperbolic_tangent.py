"""Hyperbolic tangent: an odd squashing function with range (-1, 1).

Source: Glorot & Bengio 2010 (glorot2010understanding).

Equations:
    y = (1 - exp(-2x)) / (1 + exp(-2x))

Shapes: any; it acts on each number by itself.
"""

import torch
from torch import Tensor, nn


class HyperbolicTangent(nn.Module):
    """The function, written out from the equation."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the function of every number."""
        return -torch.expm1(-2 * x) / (1 + torch.exp(-2 * x))

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random numbers, and zero."""
        return {"x": torch.randn(B, 5, generator=generator).index_fill(1, torch.tensor([0]), 0.0)}

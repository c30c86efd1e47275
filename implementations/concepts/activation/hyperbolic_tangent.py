"""Hyperbolic tangent: an odd squashing function with range (-1, 1).

Source: Glorot & Bengio 2010 (glorot2010understanding).

Equations:
    y = (1 - exp(-2x)) / (1 + exp(-2x))

Shapes: any; it acts on each number separately.
"""

import torch
from torch import Tensor, nn


class HyperbolicTangent(nn.Module):
    """The function, written out from the equation."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the function of every number."""
        x = x.clamp(-20, 20)  # beyond, the result is -1 or 1 to the last digit, but exp would soon overflow
        return -torch.expm1(-2 * x) / (1 + torch.exp(-2 * x))

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random numbers, zero, and numbers so large that their exponentials overflow."""
        awkward = torch.tensor([0.0, -1e3, 1e3]).expand(B, 3)
        return {"x": torch.cat([torch.randn(B, 5, generator=generator), awkward], 1)}

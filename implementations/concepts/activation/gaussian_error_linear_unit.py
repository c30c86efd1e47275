"""Gaussian error linear unit: a number times the probability that a standard normal number is below it.

Source: Hendrycks & Gimpel 2016 (hendrycks2016gaussian).

Equations:
    y = x Phi(x) = x (1 + erf(x / sqrt(2))) / 2

Shapes: any; it acts on each number separately.
"""

import math

import torch
from torch import Tensor, nn


class GaussianErrorLinearUnit(nn.Module):
    """The function, written out from the equation."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the function of every number."""
        return x * (1 + torch.erf(x / math.sqrt(2))) / 2

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random numbers, and zero."""
        return {"x": torch.cat([torch.randn(B, 5, generator=generator), torch.zeros(B, 1)], 1)}

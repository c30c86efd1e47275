"""Rectified linear unit: keeps positive numbers and replaces others by zero.

Source: Nair & Hinton 2010 (nair2010rectified); Glorot, Bordes & Bengio 2011 (glorot2011deep).

Equations:
    y = x if x > 0, else 0

Shapes: any; it acts on each number separately.
"""

import torch
from torch import Tensor, nn


class RectifiedLinearUnit(nn.Module):
    """The function, written out from the equation."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the function of every number."""
        return torch.where(x > 0, x, torch.zeros_like(x))

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random numbers, and zero."""
        return {"x": torch.randn(B, 5, generator=generator).index_fill(1, torch.tensor([0]), 0.0)}

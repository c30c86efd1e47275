"""Logistic sigmoid: a squashing function with range (0, 1), the usual form of a gate.

Source: Rumelhart, Hinton & Williams 1986 (rumelhart1986learning).

Equations:
    y = 1 / (1 + exp(-x))

Shapes: any; it acts on each number separately.
"""

import torch
from torch import Tensor, nn


class LogisticSigmoid(nn.Module):
    """The function, written out from the equation."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the function of every number."""
        x = x.clamp_min(-80)  # below, the result is 0 to 34 digits, but exp would soon overflow
        return 1 / (1 + torch.exp(-x))

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random numbers, zero, and numbers so large that their exponentials overflow."""
        awkward = torch.tensor([0.0, -1e3, 1e3]).expand(B, 3)
        return {"x": torch.cat([torch.randn(B, 5, generator=generator), awkward], 1)}

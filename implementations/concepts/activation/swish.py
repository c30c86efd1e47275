"""Swish: a number times its own logistic sigmoid.

Source: Ramachandran, Zoph & Le 2018 (ramachandran2017searching), with beta = 1.

Equations:
    y = x / (1 + exp(-x))

Shapes: any; it acts on each number separately.
"""

import torch
from torch import Tensor, nn


class Swish(nn.Module):
    """The function, written out from the equation."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the function of every number."""
        return x / (
            1 + torch.exp(-x.clamp_min(-80))
        )  # below, the result is 0 to 32 digits, but exp would soon overflow

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random numbers, and zero."""
        return {"x": torch.cat([torch.randn(B, 5, generator=generator), torch.zeros(B, 1)], 1)}

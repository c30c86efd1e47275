"""Shifted softplus: a smooth rectifier that is zero at zero.

Source: Schütt et al. 2017, "SchNet" (schutt2017schnet).

Equations:
    y = log(1 + exp(x)) - log 2

Shapes: any; it acts on each number separately.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class ShiftedSoftplus(nn.Module):
    """The function, from torch's softplus.

    Example:
        >>> ShiftedSoftplus()(torch.tensor([0.0, 100.0])).round(decimals=4)
        tensor([ 0.0000, 99.3069])
    """

    def forward(self, x: Tensor) -> Tensor:
        """Return the function of every number."""
        return F.softplus(x) - math.log(2)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random numbers, and zero."""
        return {"x": torch.cat([torch.randn(B, 5, generator=generator), torch.zeros(B, 1)], 1)}

"""Leaky rectified linear unit: passes positive inputs and multiplies negative ones by a small slope.

Source: Maas, Hannun & Ng 2013 (maas2013rectifier).

Equations:
    y = x if x > 0, else a x

Shapes: any; it acts on each number separately.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class LeakyRectifiedLinearUnit(nn.Module):
    """The function, which is torch's.

    Args:
        slope: Slope a for negative inputs.

    Example:
        >>> LeakyRectifiedLinearUnit(slope=0.1)(torch.tensor([-2.0, 0.0, 3.0]))
        tensor([-0.2000,  0.0000,  3.0000])
    """

    @checked_arguments(slope=0)
    def __init__(self, *, slope: float = 0.01) -> None:
        super().__init__()
        self.slope = slope

    def forward(self, x: Tensor) -> Tensor:
        """Return the function of every number."""
        return F.leaky_relu(x, self.slope)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random numbers, and zero."""
        return {"x": torch.cat([torch.randn(B, 5, generator=generator), torch.zeros(B, 1)], 1)}

"""Quick Gaussian error linear unit: a number times the logistic sigmoid of 1.702 times that number.

Source: Hendrycks & Gimpel 2016 (hendrycks2016gaussian), who approximate the Gaussian error linear unit by it.

Equations:
    y = x sigma(1.702 x)

Shapes: any; it acts on each number separately.
"""

import torch
from torch import Tensor, nn

SLOPE = 1.702
"""With this slope the logistic sigmoid is close to the standard normal distribution function."""


class QuickGaussianErrorLinearUnit(nn.Module):
    """The function, written out from the equation.

    Example:
        >>> QuickGaussianErrorLinearUnit()(torch.tensor([-100.0, 0.0, 100.0]))
        tensor([ -0.,   0., 100.])
    """

    def forward(self, x: Tensor) -> Tensor:
        """Return the function of every number."""
        return x * torch.sigmoid(SLOPE * x)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random numbers, and zero."""
        return {"x": torch.cat([torch.randn(B, 5, generator=generator), torch.zeros(B, 1)], 1)}

"""Exact checks of the leaky rectified linear unit."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.activation.leaky_rectified_linear_unit import LeakyRectifiedLinearUnit


def difference_of_rectifiers(generator: torch.Generator) -> float:
    """Return the difference from the rectifier of numbers, less a share of the rectifier of their negatives."""
    x = torch.randn(50, generator=generator, dtype=torch.float64)
    return difference(LeakyRectifiedLinearUnit(slope=0.2)(x), x.clamp_min(0) - 0.2 * (-x).clamp_min(0))


def reciprocal_slope_inverts(generator: torch.Generator) -> float:
    """Return the difference of numbers from those to which it was applied with a slope and then with its reciprocal."""
    x = torch.randn(50, generator=generator, dtype=torch.float64)
    return difference(LeakyRectifiedLinearUnit(slope=5.0)(LeakyRectifiedLinearUnit(slope=0.2)(x)), x)

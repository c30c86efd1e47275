"""Exact checks of the B-spline basis."""

import torch
from scipy.interpolate import BSpline
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.activation.b_spline_basis import BSplineBasis


def partition_of_unity(generator: torch.Generator) -> float:
    """Return how far the sum of all functions is from 1 between the ends, for degrees from 0 to 4."""
    x = _points(generator)
    sums = [BSplineBasis(intervals=5, degree=degree)(x).sum(-1) for degree in range(5)]
    return max(difference(total, torch.ones_like(total)) for total in sums)


def functions_are_those_of_scipy(generator: torch.Generator) -> float:
    """Return the difference to scipy's design matrix between the ends, for degrees from 1 to 4."""
    x, worst = _points(generator), 0.0
    for degree in range(1, 5):
        basis = BSplineBasis(intervals=5, degree=degree)
        knots = basis.low + basis.width * torch.arange(-degree, 6 + degree, dtype=torch.float64)
        theirs = BSpline.design_matrix(x[:, 0].numpy(), knots.numpy(), degree).toarray()
        worst = max(worst, difference(basis(x)[:, 0], torch.from_numpy(theirs)))
    return worst


def _points(generator: torch.Generator) -> Tensor:
    return 2 * torch.rand(50, 1, generator=generator, dtype=torch.float64) - 1

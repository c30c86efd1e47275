"""Experiment: the signs of the eigenvalues of random symmetric matrices, as Hessians of random fields have them.

Source: the lecture, S8; Bray & Dean 2007 (bray2007statistics); Fyodorov & Williams 2007 (fyodorov2007replica).

Method: 200 000 symmetric matrices with independent Gaussian entries (the Gaussian orthogonal ensemble) are drawn for
every size up to five, and those with positive eigenvalues only are counted. At a critical point of a Gaussian field,
the Hessian is such a matrix plus a multiple of the identity that falls with the value of the field: for 300 values from
-1 to 1, times the radius of the spectrum, the share of negative eigenvalues is counted in matrices of size 50.

Measures:
    minima: share of the matrices of size four with positive eigenvalues only.
    fall: largest ratio of that share at a size to that at the size before; one half for independent signs.
    correlation: rank correlation of the value and the share of negative eigenvalues.
    minima_independent: as `minima`, for diagonal matrices, whose eigenvalues are independent.
    correlation_unshifted: as `correlation`, without the multiple of the identity.
    size: 1, .., 5; random, independent: log10 of the share of matrices with positive eigenvalues only.
"""

from itertools import pairwise

import torch
from torch import Tensor

SIZES, DRAWS, LARGE, VALUES = (1, 2, 3, 4, 5), 200_000, 50, 300


def run(seed: int) -> dict[str, float | list[float]]:
    """Draw matrices and count signs.

    Args:
        seed: Seed of the matrices and values.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    random = [positive(symmetric(DRAWS, size, generator)) for size in SIZES]
    independent = [positive(torch.diag_embed(_normal(generator, DRAWS, size))) for size in SIZES]
    values = 2 * torch.rand(VALUES, generator=generator, dtype=torch.float64) - 1
    matrices = symmetric(VALUES, LARGE, generator)
    radius = 2 * LARGE**0.5  # of the spectrum, for large matrices
    shifted = matrices - radius * values[:, None, None] * torch.eye(LARGE, dtype=torch.float64)
    return {
        "minima": random[3],
        "fall": max(after / before for before, after in pairwise(random)),
        "correlation": rank_correlation(values, index(shifted)),
        "minima_independent": independent[3],
        "correlation_unshifted": rank_correlation(values, index(matrices)),
        "size": [float(size) for size in SIZES],
        "random": torch.tensor(random).log10().tolist(),
        "independent": torch.tensor(independent).log10().tolist(),
    }


def _normal(generator: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def symmetric(count: int, size: int, generator: torch.Generator) -> Tensor:
    """Return matrices of the Gaussian orthogonal ensemble: off the diagonal the variance is one, on it two."""
    square = _normal(generator, count, size, size)
    return (square + square.mT) / 2**0.5


def index(matrices: Tensor) -> Tensor:
    """Return the share of negative eigenvalues of each matrix."""
    return (torch.linalg.eigvalsh(matrices) < 0).double().mean(-1)


def positive(matrices: Tensor) -> float:
    """Return the share of matrices with positive eigenvalues only: those that have a Cholesky factor."""
    return (torch.linalg.cholesky_ex(matrices).info == 0).double().mean().item()


def rank_correlation(x: Tensor, y: Tensor) -> float:
    """Return Spearman's correlation coefficient; equal values get the mean of their ranks."""
    return torch.corrcoef(torch.stack([_ranks(x), _ranks(y)]))[0, 1].item()


def _ranks(values: Tensor) -> Tensor:
    return ((values[:, None] > values).double().sum(1) + (values[:, None] >= values).double().sum(1)) / 2

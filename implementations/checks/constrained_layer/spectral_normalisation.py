"""Exact checks of spectral normalisation."""

import torch
from torch.nn import functional as F

from implementations.claims.agreement import difference
from implementations.concepts.constrained_layer.spectral_normalisation import SpectralNormalisation


def drawn(generator: torch.Generator, scale: float) -> SpectralNormalisation:
    """Return a layer with weights of some size."""
    layer = SpectralNormalisation(in_features=5, out_features=4, factor=0.7).double()
    layer.weight.data = scale * torch.randn(4, 5, generator=generator, dtype=torch.float64)
    return layer


def largest_singular_value_is_the_factor(generator: torch.Generator) -> float:
    """Return the error of the largest singular value, from the eigenvalues of the matrix times its transpose."""
    matrix = drawn(generator, 2.0).matrix()
    return abs(torch.linalg.eigvalsh(matrix @ matrix.T)[-1].sqrt().item() - 0.7) / 0.7


def small_matrix_stays(generator: torch.Generator) -> float:
    """Return the difference from a linear layer, where the matrix is within the bound."""
    layer = drawn(generator, 0.01)
    x = torch.randn(3, 5, generator=generator, dtype=torch.float64)
    return difference(layer(x), F.linear(x, layer.weight, layer.bias))

"""Exact check of the orthogonal parametrisation: it is orthogonal, and starts as rotations of planes."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.unitary_layer.orthogonal_parametrisation import OrthogonalParametrisation


def it_starts_with_rotations_of_planes(generator: torch.Generator) -> float:
    """Return the difference of the first matrix from one of blocks of cosines and sines of the angles."""
    module = OrthogonalParametrisation(units=5).double()
    blocks = [torch.eye(1, dtype=torch.float64)]  # an odd unit is unchanged
    for unit in (2, 0):
        angle = module.weight[unit + 1, unit][None]
        cos, sin = angle.cos(), angle.sin()
        blocks.insert(0, torch.cat([torch.cat([cos, -sin])[None], torch.cat([sin, cos])[None]]))
    return difference(module.matrix(), torch.block_diag(*blocks))


def it_is_a_rotation_for_any_parameters(generator: torch.Generator) -> float:
    """Return how far the matrix is from V^T V = I and from the determinant 1, for parameters drawn at random."""
    module = OrthogonalParametrisation(units=9).double()
    torch.nn.init.normal_(module.weight, std=2.0, generator=generator)
    matrix = module.matrix()
    return max(difference(matrix.T @ matrix, torch.eye(9).double()), abs(torch.linalg.det(matrix).item() - 1))

"""Orthogonal parametrisation: a matrix that is orthogonal for all values of its parameters.

Source: Lezcano-Casado & Martinez-Rubio 2019, "Cheap orthogonal constraints in neural networks" (lezcano2019cheap).

Equations:
    V = exp(A - A^T) = sum_k (A - A^T)^k / k!,  A any matrix
    y = V x

Shapes: B examples, U units.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class OrthogonalParametrisation(nn.Module):
    """An orthogonal matrix, the exponential of a skew-symmetric one, which is learned.

    It starts with rotations by random angles in the planes of the first and second unit, the third and fourth, and so
    on: eigenvalues that are spread over the unit circle, as those of a random orthogonal matrix are.

    Args:
        units: Number U of rows and columns.

    Example:
        >>> matrix = OrthogonalParametrisation(units=6).double().matrix()
        >>> torch.allclose(matrix.T @ matrix, torch.eye(6, dtype=torch.float64))
        True
    """

    @checked_arguments()
    def __init__(self, *, units: int = 6) -> None:
        super().__init__()
        angles = torch.empty(units // 2).uniform_(-math.pi, math.pi)
        below = torch.zeros(max(units - 1, 0))
        below[::2] = angles  # first and second unit, third and fourth, and so on
        self.weight = nn.Parameter(below.diag(-1))

    def matrix(self) -> Float[Tensor, "U U"]:
        """Return the orthogonal matrix."""
        return torch.matrix_exp(self.weight - self.weight.T)

    def forward(self, x: Float[Tensor, "B U"]) -> Float[Tensor, "B U"]:
        """Rotate every example."""
        return x @ self.matrix().T

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random vectors."""
        return {"x": torch.randn(B, len(self.weight), generator=generator)}

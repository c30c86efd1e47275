"""Convex potential layer: a step down a convex potential, so short that no distance grows.

Source: Meunier, Delattre, Araujo & Allauzen 2022, "A dynamical system perspective for Lipschitz neural networks"
(meunier2022dynamical).

Equations:
    y = x - 2 N^T ReLU(N x + b)             = x - 2 grad phi(x)
    N = W / ||W||                           ||W||: the largest singular value
    phi(x) = |ReLU(N x + b)|^2 / 2          convex, with slopes of its gradient from 0 to 1

Shapes: B examples, F features before and after, U units.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class ConvexPotentialLayer(nn.Module):
    """What rectified units see of the features is taken off twice.

    Args:
        features: Number F of features.
        units: Number U of units.

    Example:
        >>> layer, (a, b) = ConvexPotentialLayer(), torch.randn(2, 1, 4)
        >>> bool((layer(a) - layer(b)).norm() <= (a - b).norm() * (1 + 1e-6))
        True
    """

    @checked_arguments()
    def __init__(self, *, features: int = 4, units: int = 6) -> None:
        super().__init__()
        self.linear = nn.Linear(features, units)

    def weight(self) -> Tensor:
        """Return the matrix N, whose largest singular value is one."""
        matrix = self.linear.weight
        return matrix / torch.linalg.matrix_norm(matrix, 2).clamp_min(torch.finfo(matrix.dtype).tiny)

    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return the features after the step."""
        matrix = self.weight()
        return x - 2 * torch.relu(F.linear(x, matrix, self.linear.bias)) @ matrix  # [B, U] [U, F] -> [B, F]

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features."""
        return {"x": torch.randn(B, self.linear.in_features, generator=generator)}

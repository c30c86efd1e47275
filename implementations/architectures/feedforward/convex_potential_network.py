"""Convex potential network: steps down convex potentials and a bounded read-out, so that no distance grows.

Source: Meunier, Delattre, Araujo & Allauzen 2022, "A dynamical system perspective for Lipschitz neural networks"
(meunier2022dynamical).

Equations:
    h_0 = x,  h_l = h_{l-1} - 2 N_l^T ReLU(N_l h_{l-1} + b_l)
    y = V h_L / ||V|| + c                  ||V||: the largest singular value

Shapes: B examples, F features, G outputs.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.constrained_layer.convex_potential_layer import ConvexPotentialLayer
from kb.guards import checked_arguments, checked_inputs


class ConvexPotentialNetwork(nn.Module):
    """Steps down one potential each, and a linear read-out that stretches nothing.

    Args:
        features: Number F of features.
        units: Units of every potential.
        depth: Number of steps.
        out_features: Number G of outputs.

    Example:
        >>> net, (a, b) = ConvexPotentialNetwork(), torch.randn(2, 1, 4)
        >>> bool((net(a) - net(b)).norm() <= (a - b).norm() * (1 + 1e-6))
        True
    """

    @checked_arguments()
    def __init__(self, *, features: int = 4, units: int = 6, depth: int = 2, out_features: int = 3) -> None:
        super().__init__()
        self.steps = nn.Sequential(*(ConvexPotentialLayer(features=features, units=units) for _ in range(depth)))
        self.read_out = nn.Linear(features, out_features)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B G"]:
        """Return outputs that are no farther apart than the inputs are."""
        matrix, shift = self.read_out.weight, self.read_out.bias
        largest = torch.linalg.matrix_norm(matrix, 2).clamp_min(torch.finfo(matrix.dtype).tiny)
        return nn.functional.linear(self.steps(x), matrix / largest, shift)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features."""
        return {"x": torch.randn(B, self.read_out.in_features, generator=generator)}

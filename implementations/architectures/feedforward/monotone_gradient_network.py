"""Monotone gradient network: the gradient of a convex function, written down without computing a derivative.

Source: Chaudhari, Pranav & Moura 2023, "Learning gradients of convex functions with monotone gradient networks"
(chaudhari2023learning), the cascaded network.

Equations:
    z_0 = W x + b_0,  z_l = W x + sigmoid(z_{l-1}) + b_l
    y = W^T sigmoid(z_L) + V^T V x + c

Shapes: B examples, F features before and after, U units, R rows of V.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments, checked_inputs


class MonotoneGradientNetwork(nn.Module):
    """Hidden layers that share one matrix, whose transpose leads back to the features.

    Args:
        features: Number F of features.
        units: Units U of every hidden layer.
        rank: Rows R of the factor V of the linear part; 0 for none.
        layers: Number of hidden layers, at least one.

    Example:
        >>> net, (a, b) = MonotoneGradientNetwork(), torch.randn(2, 1, 4)
        >>> bool((net(a) - net(b)).mul(a - b).sum() >= 0)
        True
    """

    @checked_arguments()
    def __init__(self, *, features: int = 4, units: int = 6, rank: int = 2, layers: int = 2) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(units, features) / features**0.5)
        self.factor = nn.Parameter(torch.randn(rank, features) / features**0.5)
        self.shifts = nn.ParameterList(torch.zeros(units) for _ in range(layers))
        self.last_shift = nn.Parameter(torch.zeros(features))

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return the gradient of a convex function at the inputs."""
        seen = x @ self.weight.T  # [B, F] [F, U] -> [B, U]
        first, *rest = self.shifts
        z = seen + first
        for shift in rest:
            z = seen + torch.sigmoid(z) + shift
        linear = x @ self.factor.T @ self.factor
        return torch.sigmoid(z) @ self.weight + linear + self.last_shift

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features."""
        return {"x": torch.randn(B, self.weight.shape[1], generator=generator)}

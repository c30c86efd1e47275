"""Real Householder reflection: every vector is reflected at the hyperplane orthogonal to a learned vector.

Source: Tomczak & Welling 2016, "Improving variational auto-encoders using Householder flow" (tomczak2016improving).

Equations:
    y = x - 2 (v . x) / |v|^2 v

Shapes: B examples, F features.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class RealHouseholderReflection(nn.Module):
    """A reflection, applied without ever forming its matrix.

    Args:
        features: Number F of coordinates.

    Example:
        >>> mirror = RealHouseholderReflection(features=2)
        >>> _ = mirror.normal.data.copy_(torch.tensor([5.0, 0.0]))
        >>> mirror(torch.tensor([[3.0, 1.0]])).tolist()
        [[-3.0, 1.0]]
    """

    @checked_arguments()
    def __init__(self, *, features: int = 4) -> None:
        super().__init__()
        self.normal = nn.Parameter(torch.empty(features).uniform_(-1, 1))

    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Reflect every vector: its part along the normal changes its sign."""
        along = (x @ self.normal) / self.normal.square().sum()  # [B]
        return x - 2 * along[:, None] * self.normal

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random vectors."""
        return {"x": torch.randn(B, len(self.normal), generator=generator)}

"""Householder reflection: every vector is reflected at the hyperplane orthogonal to a learned vector.

Source: Arjovsky, Shah & Bengio 2016, "Unitary evolution recurrent neural networks" (arjovsky2016unitary).

Equations:
    R = I - 2 v v* / |v|^2
    y = R x

Shapes: B examples, U units; the last axis holds real and imaginary part.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class HouseholderReflection(nn.Module):
    """A complex reflection, applied without ever forming its matrix.

    Args:
        units: Number U of complex coordinates.

    Example:
        >>> mirror = HouseholderReflection(units=2)
        >>> _ = mirror.normal.data.copy_(torch.tensor([[1.0, 0.0], [0.0, 0.0]]))
        >>> mirror(torch.tensor([[[3.0, 1.0], [2.0, 5.0]]])).tolist()
        [[[-3.0, -1.0], [2.0, 5.0]]]
    """

    @checked_arguments()
    def __init__(self, *, units: int = 4) -> None:
        super().__init__()
        self.normal = nn.Parameter(torch.empty(units, 2).uniform_(-1, 1))

    def forward(self, x: Float[Tensor, "B U 2"]) -> Float[Tensor, "B U 2"]:
        """Reflect every vector: its part along the normal changes its sign."""
        z, normal = torch.view_as_complex(x), torch.view_as_complex(self.normal)
        along = (z @ normal.conj()) / self.normal.square().sum()  # [B]
        return torch.view_as_real(z - 2 * along[:, None] * normal)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random complex vectors."""
        return {"x": torch.randn(B, *self.normal.shape, generator=generator)}

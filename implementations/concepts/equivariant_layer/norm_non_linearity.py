"""Norm non-linearity: a vector or tensor is multiplied by a function of its length, which no rotation changes.

Source: Thomas et al. 2018, "Tensor field networks" (thomas2018tensor).

Equations:
    V' = eta(V + b)             degree 0
    V' = eta(|V| + b) V         higher degrees, |V| the length of all components of a degree
    eta(x) = log(1 + e^x) - log 2

Shapes: N nodes, D channels, M = (degree + 1)^2 components of all degrees.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.activation.shifted_softplus import ShiftedSoftplus
from kb.guards import checked_arguments


class NormNonLinearity(nn.Module):
    """A shifted softplus of every scalar, and of the length of everything else; biases start at zero.

    Args:
        features: Number D of channels of each degree.
        degree: Largest degree.
    """

    @checked_arguments(degree=0)
    def __init__(self, *, features: int = 3, degree: int = 2) -> None:
        super().__init__()
        self.features, self.degree = features, degree
        self.bias = nn.Parameter(torch.zeros(degree + 1, features))
        self.eta = ShiftedSoftplus()

    def forward(self, h: Float[Tensor, "N D M"]) -> Float[Tensor, "N D M"]:
        """Return the new features of all nodes."""
        parts = h.split([2 * degree + 1 for degree in range(self.degree + 1)], 2)
        scalars = self.eta(parts[0] + self.bias[0, :, None])
        lengths = [torch.linalg.vector_norm(part, dim=2, keepdim=True) for part in parts[1:]]
        factors = [self.eta(length + b[:, None]) for length, b in zip(lengths, self.bias[1:], strict=True)]
        return torch.cat([scalars, *(factor * part for factor, part in zip(factors, parts[1:], strict=True))], 2)

    def example_inputs(self, generator: torch.Generator, *, N: int = 4) -> dict[str, Tensor]:
        """Return random features; those of the last node are zero."""
        h = torch.randn(N, self.features, (self.degree + 1) ** 2, generator=generator)
        h[-1] = 0
        return {"h": h}

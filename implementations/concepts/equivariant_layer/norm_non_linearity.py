"""Norm non-linearity: a function changes the length of a vector or tensor, and its direction remains.

Source: Thomas et al. 2018, "Tensor field networks" (thomas2018tensor), in the form of the authors' code.

Equations:
    V' = eta(V)                      degree 0
    V' = eta(|V| + b) V / |V|        higher degrees, |V| the length of all components of a degree, at least 1e-4
    eta(x) = log(1 + e^x) - log 2

Shapes: N nodes, D channels, M = (degree + 1)^2 components of all degrees.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.activation.shifted_softplus import ShiftedSoftplus
from kb.guards import checked_arguments

LEAST = 1e-4
"""The least length: a vector of zeros has no direction."""


class NormNonLinearity(nn.Module):
    """A shifted softplus of every scalar, and of the length of everything else; biases start at zero.

    Args:
        features: Number D of channels of each degree.
        degree: Largest degree.
    """

    @checked_arguments(degree=1)
    def __init__(self, *, features: int = 3, degree: int = 2) -> None:
        super().__init__()
        self.features, self.degree = features, degree
        self.bias = nn.Parameter(torch.zeros(degree, features))
        self.eta = ShiftedSoftplus()

    def forward(self, h: Float[Tensor, "N D M"]) -> Float[Tensor, "N D M"]:
        """Return the new features of all nodes."""
        scalars, *others = h.split([2 * degree + 1 for degree in range(self.degree + 1)], 2)
        lengths = [part.square().sum(2, keepdim=True).clamp(min=LEAST**2).sqrt() for part in others]
        factors = [self.eta(length + b[:, None]) / length for length, b in zip(lengths, self.bias, strict=True)]
        return torch.cat([self.eta(scalars), *(factor * part for factor, part in zip(factors, others, strict=True))], 2)

    def example_inputs(self, generator: torch.Generator, *, N: int = 4) -> dict[str, Tensor]:
        """Return random features; those of the last node are zero."""
        h = torch.randn(N, self.features, (self.degree + 1) ** 2, generator=generator)
        h[-1] = 0
        return {"h": h}

"""Real NVP: couplings that scale and shift turn data into independent normal numbers, and back.

Source: Dinh, Sohl-Dickstein & Bengio 2017, "Density estimation using Real NVP" (dinh2016density).

Equations:
    y_1 = x_1,  y_2 = x_2 exp(s(x_1)) + t(x_1)                a coupling; they keep each half in turn
    log p(x) = log N(z; 0, I) + sum over couplings of sum of s(x_1)

Shapes: B examples, F numbers of an example.
"""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.coupling_layer.affine_coupling import AffineCoupling
from kb.guards import checked_arguments, checked_inputs


class Code(NamedTuple):
    """The independent numbers, and the logarithm of the volume by which the map scales around each example."""

    z: Float[Tensor, "B F"]
    log_determinant: Float[Tensor, " B"]


class RealNVP(nn.Module):
    """Couplings that keep even and odd places in turn.

    Args:
        features: Number F of numbers of an example, at least 2.
        hidden: Units of every hidden layer of a coupling.
        depth: Number of hidden layers of a coupling.
        couplings: Number of couplings.

    Example:
        >>> net, x = RealNVP(), torch.randn(2, 5)
        >>> torch.allclose(net.inverse(net(x)), x, atol=1e-4)
        True
    """

    @checked_arguments(features=2)
    def __init__(self, *, features: int = 5, hidden: int = 8, depth: int = 1, couplings: int = 4) -> None:
        super().__init__()
        self.features = features
        self.couplings = nn.ModuleList(
            AffineCoupling(features=features, hidden=hidden, depth=depth, keeps_odd=index % 2 == 1)
            for index in range(couplings)
        )

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return the independent numbers."""
        return self.with_log_determinant(x).z

    def with_log_determinant(self, x: Float[Tensor, "B F"]) -> Code:
        """Return the independent numbers, and the logarithm of the determinant of the Jacobian."""
        total = x.new_zeros(len(x))
        for coupling in self.couplings:
            x, log_determinant = coupling.with_log_determinant(x)
            total = total + log_determinant
        return Code(x, total)

    def inverse(self, z: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return the data that have these independent numbers."""
        for coupling in reversed(self.couplings):
            z = coupling.inverse(z)
        return z

    def negative_log_likelihood(self, *, generator: torch.Generator, x: Float[Tensor, "B F"]) -> Float[Tensor, " B"]:
        """Return -log p(x), which is exact: nothing is drawn."""
        z, log_determinant = self.with_log_determinant(x)
        return (z.square().sum(1) + self.features * math.log(2 * math.pi)) / 2 - log_determinant

    @torch.no_grad()
    def sample(self, count: int, generator: torch.Generator) -> Float[Tensor, "B F"]:
        """Draw standard normal numbers, and map them back."""
        weight = self.couplings[0].gain
        return self.inverse(torch.randn(count, self.features, generator=generator, dtype=weight.dtype))

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random numbers, an odd number of them in every example by default."""
        return {"x": torch.randn(B, self.features, generator=generator)}

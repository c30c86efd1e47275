"""NICE: couplings that can be inverted turn data into numbers that are independent, and back.

Source: Dinh, Krueger & Bengio 2015, "NICE: non-linear independent components estimation" (dinh2014nice).

Equations:
    y_1 = x_1,  y_2 = x_2 + m(x_1)                            a coupling; four, which keep each half in turn
    z = exp(s) y                                              a scaling at the end, which may be left out
    log p(x) = sum over i of (log p(z_i) + s_i)               couplings do not change volumes
    log p(z_i) = -log(1 + exp(z_i)) - log(1 + exp(-z_i))      the logistic distribution

Shapes: B examples, F numbers of an example.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.component.additive_coupling import AdditiveCoupling
from kb.guards import checked_arguments, checked_inputs


class Code(NamedTuple):
    """The independent numbers, and the logarithm of the volume by which the map scales."""

    z: Float[Tensor, "B F"]
    log_determinant: Float[Tensor, " B"]


class NICE(nn.Module):
    """Couplings that keep even and odd places in turn, and a scaling.

    Args:
        features: Number F of numbers of an example, at least 2.
        hidden: Units of every hidden layer of a coupling.
        depth: Number of hidden layers of a coupling.
        couplings: Number of couplings.
        scales: Whether every number is scaled at the end; without it, the map keeps volumes.

    Example:
        >>> net, x = NICE(), torch.randn(2, 5)
        >>> torch.allclose(net.inverse(net(x)), x, atol=1e-5)
        True
    """

    @checked_arguments(features=2)
    def __init__(
        self, *, features: int = 5, hidden: int = 8, depth: int = 1, couplings: int = 4, scales: bool = True
    ) -> None:
        super().__init__()
        self.features = features
        self.couplings = nn.ModuleList(
            AdditiveCoupling(features=features, hidden=hidden, depth=depth, keeps_odd=index % 2 == 1)
            for index in range(couplings)
        )
        self.log_scale = nn.Parameter(torch.zeros(features)) if scales else None

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return the independent numbers."""
        for coupling in self.couplings:
            x = coupling(x)
        return x if self.log_scale is None else x * self.log_scale.exp()

    def with_log_determinant(self, x: Float[Tensor, "B F"]) -> Code:
        """Return the independent numbers, and the logarithm of the determinant of the Jacobian."""
        constant = x.new_zeros(()) if self.log_scale is None else self.log_scale.sum()
        return Code(self(x), constant.expand(len(x)))

    def inverse(self, z: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return the data that have these independent numbers."""
        x = z if self.log_scale is None else z * (-self.log_scale).exp()
        for coupling in reversed(self.couplings):
            x = coupling.inverse(x)
        return x

    def negative_log_likelihood(self, *, generator: torch.Generator, x: Float[Tensor, "B F"]) -> Float[Tensor, " B"]:
        """Return -log p(x), which is exact: nothing is drawn."""
        z, log_determinant = self.with_log_determinant(x)
        return (F.softplus(z) + F.softplus(-z)).sum(1) - log_determinant

    @torch.no_grad()
    def sample(self, count: int, generator: torch.Generator) -> Float[Tensor, "B F"]:
        """Draw independent numbers from the logistic distribution, and map them back."""
        weight = self.couplings[0].m[0].weight
        uniform = torch.rand(count, self.features, generator=generator, dtype=weight.dtype)
        return self.inverse(torch.logit(uniform, eps=torch.finfo(weight.dtype).eps))

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random numbers, an odd number of them in every example by default."""
        return {"x": torch.randn(B, self.features, generator=generator)}

"""Hamiltonian network: velocities and forces are the derivatives of one learned function, which is therefore conserved.

Source: Greydanus, Dzamba & Yosinski 2019, "Hamiltonian neural networks" (greydanus2019hamiltonian).

Equations:
    x = (q, p)                                   positions and momenta
    H(x) = w . h_L,  h_l = tanh(W_l h_{l-1} + b_l),  h_0 = x
    dq/dt = dH/dp,   dp/dt = -dH/dq              so that dH/dt = dH/dq . dH/dp - dH/dp . dH/dq = 0

Shapes: B examples, F numbers: n positions and as many momenta.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.derivative_layer.energy_gradient import EnergyGradient
from kb.guards import checked_arguments, checked_inputs


class HamiltonianNetwork(nn.Module):
    """The gradient of an energy, rotated by a right angle in the plane of each position and its momentum.

    Args:
        positions: Number n of positions; there are as many momenta.
        hidden: Units of every hidden layer of the energy.
        depth: Number of hidden layers of the energy.

    Example:
        >>> net, x = HamiltonianNetwork(positions=1), torch.randn(2, 2)
        >>> slopes = net.gradient(x)
        >>> torch.allclose((slopes * net(x)).sum(1), torch.zeros(2), atol=1e-6)  # the energy does not change
        True
    """

    @checked_arguments()
    def __init__(self, *, positions: int = 2, hidden: int = 8, depth: int = 2) -> None:
        super().__init__()
        self.gradient = EnergyGradient(features=2 * positions, hidden=hidden, depth=depth)

    def energy(self, x: Float[Tensor, "B F"]) -> Float[Tensor, " B"]:
        """Return the energy H of every state."""
        return self.gradient.energy(x)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return the rates at which positions and momenta change."""
        by_position, by_momentum = self.gradient(x).chunk(2, 1)
        return torch.cat([by_momentum, -by_position], 1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random states."""
        return {"x": torch.randn(B, self.gradient.features, generator=generator)}

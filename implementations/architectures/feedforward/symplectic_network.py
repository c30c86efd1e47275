"""Symplectic network: shears by gradients, one after the other, are the motion of some Hamiltonian system.

Source: Jin et al. 2020, "SympNets: intrinsic structure-preserving symplectic networks for identifying Hamiltonian
systems" (jin2020sympnets), the networks of gradient modules.

Equations:
    x = (q, p)                                       positions and momenta
    p <- p + K^T (a * tanh(K q + b))                 every second layer, with its own parameters
    q <- q + K^T (a * tanh(K p + b))                 the others
    J^T O J = O,  O = [[0, I], [-I, 0]]              for the Jacobian J of the whole

Shapes: B examples, F numbers: n positions and as many momenta.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.coupling_layer.symplectic_shear import SymplecticShear
from kb.guards import checked_arguments, checked_inputs


class SymplecticNetwork(nn.Module):
    """Shears that shift momenta and positions in turn.

    Args:
        positions: Number n of positions; there are as many momenta.
        hidden: Terms of the function of every shear.
        depth: Number of shears.

    Example:
        >>> net, x = SymplecticNetwork(), torch.randn(2, 4)
        >>> torch.allclose(net.inverse(net(x)), x, atol=1e-5)
        True
    """

    @checked_arguments()
    def __init__(self, *, positions: int = 2, hidden: int = 8, depth: int = 4) -> None:
        super().__init__()
        self.features = 2 * positions
        self.shears = nn.ModuleList(
            SymplecticShear(positions=positions, hidden=hidden, moves=index % 2 == 1) for index in range(depth)
        )

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return the states after a step of time."""
        for shear in self.shears:
            x = shear(x)
        return x

    def inverse(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return the states before the step."""
        for shear in reversed(self.shears):
            x = shear.inverse(x)
        return x

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random states."""
        return {"x": torch.randn(B, self.features, generator=generator)}

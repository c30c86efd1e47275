"""Energy gradient: the outputs are the derivative of a perceptron with one output, the energy, by its inputs.

Source: Greydanus, Dzamba & Yosinski 2019 (greydanus2019hamiltonian) and Saremi et al. 2018 (saremi2018deep), who use it
for motion and for densities.

Equations:
    h_0 = x,  h_l = tanh(W_l h_{l-1} + b_l),  E(x) = w . h_L       a constant added to E would change nothing
    y = dE/dx

Shapes: B examples, F numbers.
"""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class EnergyGradient(nn.Module):
    """A perceptron with hyperbolic tangents, and its derivative, which the backward pass computes.

    Args:
        features: Number F of numbers.
        hidden: Units of every hidden layer.
        depth: Number of hidden layers.

    Example:
        >>> layer, x = EnergyGradient(features=1), torch.tensor([[0.0], [0.01]])
        >>> rise = layer.energy(x).diff()
        >>> torch.allclose(rise, 0.01 * layer(x).mean(), rtol=1e-3, atol=1e-6)
        True
    """

    @checked_arguments()
    def __init__(self, *, features: int = 4, hidden: int = 8, depth: int = 2) -> None:
        super().__init__()
        self.features = features
        self.layers = nn.ModuleList(nn.Linear(*sizes) for sizes in pairwise([features, *[hidden] * depth]))
        self.read_out = nn.Linear(hidden, 1, bias=False)

    def energy(self, x: Float[Tensor, "B F"]) -> Float[Tensor, " B"]:
        """Return the energy of every example, up to a constant."""
        for layer in self.layers:  # as functions: hooks of modules, with which a run is recorded, allow no derivative
            x = torch.tanh(F.linear(x, layer.weight, layer.bias))
        return F.linear(x, self.read_out.weight)[:, 0]

    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return the derivative of the energy; gradients flow through it as through any layer."""
        return torch.func.grad(lambda x: self.energy(x).sum())(x)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random numbers."""
        return {"x": torch.randn(B, self.features, generator=generator)}

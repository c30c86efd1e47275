"""Symplectic shear: momenta are shifted by the gradient of a function of the positions, or the other way round.

Source: Jin et al. 2020, "SympNets: intrinsic structure-preserving symplectic networks for identifying Hamiltonian
systems" (jin2020sympnets), the gradient module.

Equations:
    p' = p + K^T (a * tanh(K q + b)),  q' = q            the gradient of sum of a log cosh(K q + b) by q
    q' = q + K^T (a * tanh(K p + b)),  p' = p            the other way round

Shapes: B examples, F numbers: n positions q and as many momenta p.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class SymplecticShear(nn.Module):
    """A shift of one half of the numbers by a gradient with respect to the other half.

    Args:
        positions: Number n of positions; there are as many momenta.
        hidden: Terms of the function whose gradient is added.
        moves: Whether positions are shifted, by a function of the momenta.

    Example:
        >>> layer, x = SymplecticShear(), torch.randn(2, 4)
        >>> torch.allclose(layer.inverse(layer(x)), x, atol=1e-6)
        True
    """

    @checked_arguments()
    def __init__(self, *, positions: int = 2, hidden: int = 8, moves: bool = False) -> None:
        super().__init__()
        self.positions, self.moves = positions, moves
        self.arguments = nn.Linear(positions, hidden)
        self.amplitude = nn.Parameter(torch.zeros(hidden))  # the layer starts as the identity

    def shift(self, kept: Float[Tensor, "B N"]) -> Float[Tensor, "B N"]:
        """Return the gradient of the function at the half that is kept."""
        return F.linear(self.amplitude * torch.tanh(self.arguments(kept)), self.arguments.weight.T)

    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return the state after the shift."""
        return self._sheared(x, 1)

    def inverse(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return the state from before."""
        return self._sheared(x, -1)

    def _sheared(self, x: Tensor, sign: int) -> Tensor:
        q, p = x.split(self.positions, 1)
        if self.moves:
            return torch.cat([q + sign * self.shift(p), p], 1)
        return torch.cat([q, p + sign * self.shift(q)], 1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random states."""
        return {"x": torch.randn(B, 2 * self.positions, generator=generator)}

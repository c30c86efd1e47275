"""Hopfield network: units that switch one after the other lower an energy, whose minima are stored patterns.

Source: Hopfield 1982, "Neural networks and physical systems with emergent collective computational abilities"
(hopfield1982neural).

Equations:
    V_i -> 1 if sum over j of T_ij V_j > 0,  0 if it is < 0                       thresholds 0; else V_i stays
    T_ij = sum over patterns s of (2 V_i^s - 1)(2 V_j^s - 1),  T_ii = 0
    E = -1/2 sum over i and j of T_ij V_i V_j

Shapes: B examples, U units, M stored patterns.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments, checked_inputs


class HopfieldNetwork(nn.Module):
    """Recall by a number of sweeps over all units. It has no parameters: the stored patterns are an input.

    Args:
        sweeps: How often every unit is updated, in turn.

    Example:
        >>> pattern = torch.tensor([[1.0, 0.0, 1.0, 0.0]])
        >>> HopfieldNetwork()(torch.tensor([[1.0, 0.0, 1.0, 1.0]]), pattern)
        tensor([[1., 0., 1., 0.]])
    """

    @checked_arguments()
    def __init__(self, *, sweeps: int = 1) -> None:
        super().__init__()
        self.sweeps = sweeps

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B U"], patterns: Float[Tensor, "M U"]) -> Float[Tensor, "B U"]:
        """Return the states after the last sweep.

        Args:
            x: States to start from, of zeros and ones.
            patterns: Stored patterns, of zeros and ones.
        """
        weights = self.weights(patterns)
        units = list(x.unbind(1))
        for _ in range(self.sweeps):
            for unit in range(len(units)):
                field = torch.stack(units, 1) @ weights[unit]  # [B]
                on, off = torch.ones_like(field), torch.zeros_like(field)
                units[unit] = torch.where(field > 0, on, torch.where(field < 0, off, units[unit]))
        return torch.stack(units, 1)

    def weights(self, patterns: Float[Tensor, "M U"]) -> Float[Tensor, "U U"]:
        """Return the symmetric weights that store the patterns; no unit acts on itself."""
        signs = 2 * patterns - 1
        products = signs.T @ signs
        return products - torch.diag(products.diagonal())

    def energy(self, x: Float[Tensor, "B U"], patterns: Float[Tensor, "M U"]) -> Float[Tensor, " B"]:
        """Return the energy of states, which no update raises."""
        return -0.5 * (x @ self.weights(patterns) * x).sum(1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, U: int = 12, M: int = 5) -> dict[str, Tensor]:
        """Return random patterns, and random states to start from."""
        patterns = (torch.rand(M, U, generator=generator) < 0.5).to(torch.get_default_dtype())
        return {"x": (torch.rand(B, U, generator=generator) < 0.5).to(patterns.dtype), "patterns": patterns}

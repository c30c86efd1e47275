"""GRU cell: one step of a gated recurrent unit, with the reset gate before the recurrent matrix.

Source: Cho et al. 2014 (cho2014learning) for the unit; the share z is that of the new state, as in Chung et al. 2014
(chung2014empirical) and in Bahdanau, Cho & Bengio 2015, sec. A.1.1 (bahdanau2014neural).

Equations:
    r, z = sigmoid(W x + U h + b), with weights of their own
    c = tanh(W_c x + U_c (r * h) + b_c)
    h' = (1 - z) * h + z * c

Shapes: B examples, F input features, U units.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class GRUCell(nn.Module):
    """One step.

    Args:
        in_features: Number F of input features.
        units: Number U of units.

    Example:
        >>> GRUCell()(torch.zeros(2, 3), torch.zeros(2, 4)).shape
        torch.Size([2, 4])
    """

    @checked_arguments()
    def __init__(self, *, in_features: int = 3, units: int = 4) -> None:
        super().__init__()
        self.input = nn.Linear(in_features, 3 * units)  # order: r, z, candidate
        self.gates = nn.Linear(units, 2 * units, bias=False)
        self.candidate = nn.Linear(units, units, bias=False)

    def forward(self, x: Float[Tensor, "B F"], h: Float[Tensor, "B U"]) -> Float[Tensor, "B U"]:
        """Return the next state."""
        units = h.shape[1]
        projected_gates, projected = self.input(x).split((2 * units, units), 1)
        r, z = torch.sigmoid(projected_gates + self.gates(h)).chunk(2, 1)
        return h + z * (torch.tanh(projected + self.candidate(r * h)) - h)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return a random input and state."""
        sizes = {"x": self.input.in_features, "h": self.candidate.in_features}
        return {name: torch.randn(B, size, generator=generator) for name, size in sizes.items()}

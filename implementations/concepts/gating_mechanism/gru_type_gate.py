"""GRU-type gate: a residual connection whose sum is replaced by the update of a gated recurrent unit.

Source: Parisotto et al. 2020, "Stabilizing Transformers for reinforcement learning" (parisotto2020stabilizing).

Equations:
    r = sigmoid(W_r y + U_r x),   z = sigmoid(W_z y + U_z x - b),   c = tanh(W_c y + U_c (r * x))
    g(x, y) = (1 - z) * x + z * c

Shapes: B examples, T positions, D width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class GRUTypeGate(nn.Module):
    """A gate between the input x and the output y of a sub-layer; it starts mostly closed.

    Args:
        width: Width D.
        bias: How far the gate is closed at the start.
    """

    @checked_arguments()
    def __init__(self, *, width: int = 6, bias: float = 2.0) -> None:
        super().__init__()
        self.of_new = nn.Linear(width, 3 * width, bias=False)  # order: r, z, candidate
        self.of_old = nn.Linear(width, 2 * width, bias=False)
        self.candidate = nn.Linear(width, width, bias=False)
        self.bias = nn.Parameter(torch.full((width,), bias))

    def forward(self, x: Float[Tensor, "B T D"], y: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return a mixture of x and a candidate, which is computed from x and y."""
        from_y_r, from_y_z, from_y = self.of_new(y).chunk(3, -1)
        from_x_r, from_x_z = self.of_old(x).chunk(2, -1)
        r, z = torch.sigmoid(from_y_r + from_x_r), torch.sigmoid(from_y_z + from_x_z - self.bias)
        return x + z * (torch.tanh(from_y + self.candidate(r * x)) - x)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 4) -> dict[str, Tensor]:
        """Return random vectors for both."""
        shape = (B, T, len(self.bias))
        return {"x": torch.randn(shape, generator=generator), "y": torch.randn(shape, generator=generator)}

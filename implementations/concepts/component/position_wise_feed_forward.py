"""Position-wise feed-forward network: the same two-layer network at every position.

Source: Vaswani et al. 2017, eq. 2 (vaswani2017attention).

Equations:
    FFN(x) = max(0, x W_1 + b_1) W_2 + b_2

Shapes: B examples, T positions, D width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class PositionWiseFeedForward(nn.Module):
    """A multilayer perceptron with one hidden layer, shared over positions.

    Args:
        width: Width D of input and output.
        hidden: Width of the hidden layer.
    """

    @checked_arguments()
    def __init__(self, *, width: int = 8, hidden: int = 16) -> None:
        super().__init__()
        self.widen = nn.Linear(width, hidden)
        self.narrow = nn.Linear(hidden, width)

    def forward(self, x: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return the network's output at every position."""
        return self.narrow(torch.relu(self.widen(x)))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 4) -> dict[str, Tensor]:
        """Return a random sequence."""
        return {"x": torch.randn(B, T, self.widen.in_features, generator=generator)}

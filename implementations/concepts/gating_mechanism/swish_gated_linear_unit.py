"""Swish-gated linear unit as a feed-forward network: one projection gates another, and a third goes back to the width.

Source: Shazeer 2020, "GLU variants improve Transformer" (shazeer2020glu).

Equations:
    FFN(x) = (Swish(x W) * x V) W_2,   Swish(z) = z sigmoid(z)

Shapes: B examples, T positions, D width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class SwishGatedLinearUnit(nn.Module):
    """A gated network without biases, the same at every position.

    Args:
        width: Width D of input and output.
        hidden: Number of gated units.

    Example:
        >>> SwishGatedLinearUnit(width=4, hidden=6)(torch.zeros(1, 2, 4)).shape
        torch.Size([1, 2, 4])
    """

    @checked_arguments()
    def __init__(self, *, width: int = 8, hidden: int = 12) -> None:
        super().__init__()
        self.gate, self.up = (nn.Linear(width, hidden, bias=False) for _ in range(2))
        self.down = nn.Linear(hidden, width, bias=False)

    def forward(self, x: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return the network's output at every position."""
        return self.down(F.silu(self.gate(x)) * self.up(x))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 4) -> dict[str, Tensor]:
        """Return a random sequence."""
        return {"x": torch.randn(B, T, self.gate.in_features, generator=generator)}

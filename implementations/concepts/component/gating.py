"""Gating: multiply a signal by a number between 0 and 1 that is computed from data.

Source: Hochreiter & Schmidhuber 1997 (hochreiter1997lstm); the forget gate from Gers et al. 2000 (gers2000learning).

Equations:
    y = sigmoid(W x + U h + b) * v

Shapes: B examples, F features of x, U units.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class Gating(nn.Module):
    """A gate that sees an input and a state and lets a share of a value through.

    Args:
        in_features: Number F of input features.
        units: Number U of units of state and value.
    """

    @checked_arguments()
    def __init__(self, *, in_features: int = 3, units: int = 4) -> None:
        super().__init__()
        self.input = nn.Linear(in_features, units)
        self.state = nn.Linear(units, units, bias=False)

    def forward(
        self, x: Float[Tensor, "B F"], h: Float[Tensor, "B U"], v: Float[Tensor, "B U"]
    ) -> Float[Tensor, "B U"]:
        """Return the gated value."""
        return torch.sigmoid(self.input(x) + self.state(h)) * v

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return a random input, state and value."""
        units = self.state.in_features
        shapes = {"x": self.input.in_features, "h": units, "v": units}
        return {name: torch.randn(B, size, generator=generator) for name, size in shapes.items()}

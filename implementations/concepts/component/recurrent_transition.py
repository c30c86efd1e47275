"""Recurrent transition: the next state from the last state and the next input, by the same weights at every step.

Source: the lecture's h_t = f_h(x_t, h_{t-1}) (S19); Elman 1990 (elman1990finding); Pascanu, Mikolov & Bengio 2013,
eq. 2 (pascanu2013difficulty).

Equations:
    h_t = tanh(W x_t + U h_{t-1} + b)

Shapes: B examples, F input features, U hidden units.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class RecurrentTransition(nn.Module):
    """One step of a recurrent network.

    Args:
        in_features: Number F of input features.
        units: Number U of hidden units.
    """

    @checked_arguments()
    def __init__(self, *, in_features: int = 3, units: int = 4) -> None:
        super().__init__()
        self.input = nn.Linear(in_features, units)
        self.state = nn.Linear(units, units, bias=False)

    def forward(self, x: Float[Tensor, "B F"], h: Float[Tensor, "B U"]) -> Float[Tensor, "B U"]:
        """Return the next state."""
        return torch.tanh(self.input(x) + self.state(h))

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return a random input and state."""
        sizes = {"x": self.input.in_features, "h": self.state.in_features}
        return {name: torch.randn(B, size, generator=generator) for name, size in sizes.items()}

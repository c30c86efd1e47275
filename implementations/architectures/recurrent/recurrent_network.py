"""Recurrent network: the same function at every step, from the last state and the next input to the next state.

Source: the lecture's h_t = f_h(x_t, h_{t-1}), y_t = f_o(h_t) (S19); Elman 1990 (elman1990finding); Pascanu,
Mikolov & Bengio 2013, eq. 2 (pascanu2013difficulty).

Equations:
    h_t = tanh(W x_t + U h_{t-1} + b)
    y_t = V h_t + c

Shapes: B examples, T steps, F input features, U hidden units, G output features.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments, checked_inputs

ACTIVATIONS = {"tanh": torch.tanh, "relu": torch.relu, "identity": nn.Identity()}


class States(NamedTuple):
    """The output of every step, and the state after the last."""

    y: Float[Tensor, "B T G"]
    h: Float[Tensor, "B U"]


class RecurrentNetwork(nn.Module):
    """A state that is updated by the same transition at every step, and a linear read-out.

    Args:
        in_features: Number F of input features.
        units: Number U of hidden units.
        out_features: Number G of outputs at every step.
        activation: `tanh`, `relu`, or `identity` for a linear transition.
        orthogonal: Whether the recurrent matrix is kept orthogonal, as the exponential of a skew-symmetric matrix.

    Raises:
        ValueError: The activation is unknown.

    Example:
        >>> RecurrentNetwork(in_features=3, units=8, out_features=2)(torch.zeros(4, 10, 3)).y.shape
        torch.Size([4, 10, 2])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_features: int = 3,
        units: int = 6,
        out_features: int = 2,
        activation: str = "tanh",
        orthogonal: bool = False,
    ) -> None:
        super().__init__()
        if activation not in ACTIVATIONS:
            raise ValueError(f"activation ({activation!r}) must be one of {', '.join(ACTIVATIONS)}")
        self.activation, self.orthogonal = ACTIVATIONS[activation], orthogonal
        self.input = nn.Linear(in_features, units)
        self.recurrent = nn.Linear(units, units, bias=False)
        self.read_out = nn.Linear(units, out_features)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T F"], h: Float[Tensor, "B U"] | None = None) -> States:
        """Run over a sequence, from a given state or from zero, and return all outputs and the last state."""
        if h is None:
            h = x.new_zeros(len(x), self.recurrent.in_features)
        weight = self.recurrent.weight
        weight = torch.matrix_exp(weight - weight.T) if self.orthogonal else weight
        projected = self.input(x)  # [B, T, U], all steps at once
        states = []
        for step in projected.unbind(1):
            h = self.activation(torch.addmm(step, h, weight.T))
            states.append(h)
        return States(self.read_out(torch.stack(states, 1)), h)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, T: int = 7) -> dict[str, Tensor]:
        """Return a random sequence and a state to start from."""
        return {
            "x": torch.randn(B, T, self.input.in_features, generator=generator),
            "h": torch.randn(B, self.recurrent.in_features, generator=generator),
        }

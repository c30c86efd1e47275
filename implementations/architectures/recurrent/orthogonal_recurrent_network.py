"""Orthogonal recurrent network: an orthogonal transition, which keeps the length of the state.

Source: Henaff, Szlam & LeCun 2016, "Recurrent orthogonal networks and long-memory tasks" (henaff2016recurrent), its
network with a linear transition; the exponential as in Lezcano-Casado & Martinez-Rubio 2019 (lezcano2019cheap).

Equations:
    h_t = V h_{t-1} + sigma(W x_t + b),  V^T V = I
    y_t = U h_t + c
    exact: V = exp(A - A^T);  soft: V starts orthogonal, and |V^T V - I|^2 may be added to the loss

Shapes: B examples, T steps, F input features, U hidden units, G output features.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.initialisation.orthogonal_initialisation import orthogonal_initialisation
from implementations.concepts.unitary_layer.orthogonal_parametrisation import OrthogonalParametrisation
from kb.guards import checked_arguments, checked_inputs

CONSTRAINTS = ("exact", "soft")


class States(NamedTuple):
    """The output of every step, and the state after the last."""

    y: Float[Tensor, "B T G"]
    h: Float[Tensor, "B U"]


class OrthogonalRecurrentNetwork(nn.Module):
    """A linear transition by an orthogonal matrix, squashed inputs that are added to it, a linear read-out.

    Args:
        in_features: Number F of input features.
        units: Number U of hidden units.
        out_features: Number G of outputs at every step.
        constraint: `exact` for a matrix that stays orthogonal in training, `soft` for one that starts orthogonal.

    Raises:
        ValueError: The constraint is unknown.

    Example:
        >>> OrthogonalRecurrentNetwork(in_features=3, units=8, out_features=2)(torch.zeros(4, 10, 3)).y.shape
        torch.Size([4, 10, 2])
    """

    @checked_arguments()
    def __init__(
        self, *, in_features: int = 3, units: int = 6, out_features: int = 2, constraint: str = "exact"
    ) -> None:
        super().__init__()
        if constraint not in CONSTRAINTS:
            raise ValueError(f"constraint ({constraint!r}) must be one of {', '.join(CONSTRAINTS)}")
        self.input = nn.Linear(in_features, units)
        if constraint == "exact":
            self.rotation = OrthogonalParametrisation(units=units)
        else:
            self.weight = nn.Parameter(orthogonal_initialisation(torch.empty(units, units)))
        self.read_out = nn.Linear(units, out_features)

    def transition(self) -> Float[Tensor, "U U"]:
        """Return the recurrent matrix."""
        return self.rotation.matrix() if hasattr(self, "rotation") else self.weight

    def penalty(self) -> Float[Tensor, ""]:
        """Return the squared distance of the recurrent matrix from an orthogonal one, to be added to a loss."""
        matrix = self.transition()
        identity = torch.eye(len(matrix), dtype=matrix.dtype, device=matrix.device)
        return (matrix.T @ matrix - identity).square().sum()

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T F"], h: Float[Tensor, "B U"] | None = None) -> States:
        """Run over a sequence, from a given state or from zero, and return all outputs and the last state."""
        if h is None:
            h = x.new_zeros(len(x), self.input.out_features)
        matrix = self.transition().T
        projected = torch.tanh(self.input(x))  # [B, T, U], all steps at once
        states = []
        for step in projected.unbind(1):
            h = torch.addmm(step, h, matrix)
            states.append(h)
        return States(self.read_out(torch.stack(states, 1)), h)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, T: int = 7) -> dict[str, Tensor]:
        """Return a random sequence and a state to start from."""
        return {
            "x": torch.randn(B, T, self.input.in_features, generator=generator),
            "h": torch.randn(B, self.input.out_features, generator=generator),
        }

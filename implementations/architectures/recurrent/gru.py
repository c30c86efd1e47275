"""Gated recurrent unit: one gate mixes the old state with a candidate, another scales what the candidate sees.

Source: Cho et al. 2014, eq. 5-8 (cho2014learning) for the unit; Chung et al. 2014, eq. 5 (chung2014empirical) for the
convention of z that the lecture uses (S22).

Equations:
    z_t = sigmoid(W_z x_t + U_z h_{t-1} + b_z)
    r_t = sigmoid(W_r x_t + U_r h_{t-1} + b_r)
    c_t = tanh(W_h x_t + U_h (r_t * h_{t-1}) + b_h)
    h_t = (1 - z_t) * h_{t-1} + z_t * c_t     `update` (Chung et al., the lecture): z is the share of the new
    h_t = z_t * h_{t-1} + (1 - z_t) * c_t     `keep` (Cho et al., PyTorch, Keras): z is the share of the old
    With `reset_after`, c_t = tanh(W_h x_t + b_h + r_t * (U_h h_{t-1} + d_h)), the form of cuDNN and PyTorch.

Shapes: B examples, T steps, F input features, U hidden units, G output features.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments, checked_inputs

CONVENTIONS = ("update", "keep")


class States(NamedTuple):
    """The output of every step, and the state after the last."""

    y: Float[Tensor, "B T G"]
    h: Float[Tensor, "B U"]


class GRU(nn.Module):
    """GRU layer with a linear read-out.

    Args:
        in_features: Number F of input features.
        units: Number U of hidden units.
        out_features: Number G of outputs at every step; 0 returns the hidden states.
        convention: What z stands for: `update`, the share of the candidate, or `keep`, the share of the old state.
        reset_after: Whether the reset gate is applied after the recurrent matrix instead of before.

    Raises:
        ValueError: The convention is unknown.

    Example:
        >>> GRU(in_features=3, units=8, out_features=2)(torch.zeros(4, 10, 3)).y.shape
        torch.Size([4, 10, 2])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_features: int = 3,
        units: int = 6,
        out_features: int = 0,
        convention: str = "update",
        reset_after: bool = False,
    ) -> None:
        super().__init__()
        if convention not in CONVENTIONS:
            raise ValueError(f"convention ({convention!r}) must be one of {', '.join(CONVENTIONS)}")
        self.units, self.convention = units, convention
        self.input = nn.Linear(in_features, 3 * units)  # order: r, z, candidate
        self.gates = nn.Linear(units, 2 * units, bias=False)
        self.candidate = nn.Linear(units, units, bias=reset_after)
        self.reset_after = reset_after
        self.read_out = nn.Linear(units, out_features) if out_features else nn.Identity()

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T F"], h: Float[Tensor, "B U"] | None = None) -> States:
        """Run over a sequence, from a given state or from zero, and return all outputs and the last state."""
        h = x.new_zeros(len(x), self.units) if h is None else h
        projected_gates, projected = self.input(x).split((2 * self.units, self.units), 2)  # [B, T, 2U], [B, T, U]
        weight = self.gates.weight.T
        states = []
        for step_gates, step in zip(projected_gates.unbind(1), projected.unbind(1), strict=True):
            r, z = torch.sigmoid(torch.addmm(step_gates, h, weight)).chunk(2, 1)
            seen = r * self.candidate(h) if self.reset_after else self.candidate(r * h)
            candidate = torch.tanh(step + seen)
            h = h + z * (candidate - h) if self.convention == "update" else candidate + z * (h - candidate)
            states.append(h)
        return States(self.read_out(torch.stack(states, 1)), h)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, T: int = 7) -> dict[str, Tensor]:
        """Return a random sequence and a state to start from."""
        return {
            "x": torch.randn(B, T, self.input.in_features, generator=generator),
            "h": torch.randn(B, self.units, generator=generator),
        }

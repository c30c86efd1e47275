"""Gated-feedback network: stacked recurrences in which every level sees the last states of all, through gates.

Source: Chung et al. 2015, "Gated feedback recurrent neural networks" (chung2015gated).

Equations:
    g^{i->j} = sigmoid(w^{i->j} . h_t^{j-1} + u^{i->j} . h*_{t-1} + b^{i->j})     one number for each pair of levels
    s^j      = sum_i g^{i->j} U^{i->j} h_{t-1}^i
    tanh:  h_t^j = tanh(W^j h_t^{j-1} + s^j + b^j)
    gru:   h_t^j = (1 - z) * h_{t-1}^j + z * tanh(W^j h_t^{j-1} + r * s^j + b^j)
    lstm:  c_t^j = f * c_{t-1}^j + i * tanh(W^j h_t^{j-1} + s^j + b^j),  h_t^j = o * tanh(c_t^j)
    h_t^0 = x_t; h* are the states of all levels, concatenated; r, z and i, f, o see h_t^{j-1} and h_{t-1}^j.

Shapes: B examples, T steps, F input features, U hidden units of all levels, G output features.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments, checked_inputs

GATES = {"tanh": 0, "gru": 2, "lstm": 3}
"""Number of gates that a unit has of its own."""


class States(NamedTuple):
    """The output of every step, and the states of all levels after the last, concatenated."""

    y: Float[Tensor, "B T G"]
    h: Float[Tensor, "B U"]


class StatesAndCells(NamedTuple):
    """The output of every step, and hidden states and cells of all levels after the last, concatenated."""

    y: Float[Tensor, "B T G"]
    h: Float[Tensor, "B U"]
    c: Float[Tensor, "B U"]


class Level(nn.Module):
    """One step of one level.

    Args:
        in_features: Number of features of the level below.
        units: Number of hidden units.
        levels: Number of all levels.
        unit: Kind of the units.
        gated: Whether the inputs from all levels are gated.
    """

    def __init__(self, *, in_features: int, units: int, levels: int, unit: str, gated: bool) -> None:
        super().__init__()
        self.units, self.unit = units, unit
        gates = GATES[unit] * units
        self.below = nn.Linear(in_features, units)
        self.feedback = nn.Linear(levels * units, units, bias=False)  # U^{1->j}, U^{2->j}, ... concatenated
        self.reset_below = nn.Linear(in_features, levels) if gated else None
        self.reset_feedback = nn.Linear(levels * units, levels, bias=False) if gated else None
        self.gates_below = nn.Linear(in_features, gates) if gates else None
        self.gates_own = nn.Linear(units, gates, bias=False) if gates else None

    def forward(
        self, x: Float[Tensor, "B F"], all_h: Float[Tensor, "B U"], h: Float[Tensor, "B D"], c: Float[Tensor, "B D"]
    ) -> tuple[Tensor, Tensor]:
        """Return the next state and cell, from the level below, all levels' last states and its own last cell."""
        if self.reset_below is not None and self.reset_feedback is not None:
            reset = torch.sigmoid(torch.addmm(self.reset_below(x), all_h, self.reset_feedback.weight.T))  # [B, levels]
            all_h = (all_h.unflatten(1, (-1, self.units)) * reset[:, :, None]).flatten(1)
        projected, recurrent = self.below(x), self.feedback(all_h)
        if self.gates_below is None or self.gates_own is None:
            return torch.tanh(projected + recurrent), c
        gates = torch.sigmoid(torch.addmm(self.gates_below(x), h, self.gates_own.weight.T))
        if self.unit == "gru":
            r, z = gates.chunk(2, 1)
            return h + z * (torch.tanh(projected + r * recurrent) - h), c
        i, f, o = gates.chunk(3, 1)
        c = f * c + i * torch.tanh(projected + recurrent)
        return o * torch.tanh(c), c


class GatedFeedbackNetwork(nn.Module):
    """Stacked recurrences with feedback from every level to every other, and a linear read-out of the top level.

    Args:
        in_features: Number F of input features.
        units: Number of hidden units of a level.
        out_features: Number G of outputs at every step.
        levels: Number of levels.
        unit: `tanh`, `gru` or `lstm`.
        gated: Whether feedback is gated; without gates all levels are fully connected from step to step.

    Raises:
        ValueError: The kind of unit is unknown, or there is no level.

    Example:
        >>> GatedFeedbackNetwork(in_features=3, units=8, out_features=2)(torch.zeros(4, 10, 3)).h.shape
        torch.Size([4, 16])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_features: int = 3,
        units: int = 4,
        out_features: int = 2,
        levels: int = 2,
        unit: str = "tanh",
        gated: bool = True,
    ) -> None:
        super().__init__()
        if unit not in GATES:
            raise ValueError(f"unit ({unit!r}) must be one of {', '.join(GATES)}")
        if levels < 1:
            raise ValueError(f"levels ({levels}) must be at least 1")
        self.in_features, self.units, self.unit = in_features, units, unit
        self.levels = nn.ModuleList(
            Level(in_features=units if number else in_features, units=units, levels=levels, unit=unit, gated=gated)
            for number in range(levels)
        )
        self.read_out = nn.Linear(units, out_features)

    @checked_inputs()
    def forward(
        self, x: Float[Tensor, "B T F"], h: Float[Tensor, "B U"] | None = None, c: Float[Tensor, "B U"] | None = None
    ) -> States | StatesAndCells:
        """Run over a sequence, from given states or from zero; cells are taken and returned by units that have one."""
        zero = x.new_zeros(len(x), self.units * len(self.levels))
        h = zero if h is None else h
        cells = list((zero if c is None else c).split(self.units, 1))
        top = []
        for signal in x.unbind(1):
            states = []
            for number, (level, own) in enumerate(zip(self.levels, h.split(self.units, 1), strict=True)):
                signal, cells[number] = level(signal, h, own, cells[number])
                states.append(signal)
            h = torch.cat(states, 1)
            top.append(signal)
        y = self.read_out(torch.stack(top, 1))
        return StatesAndCells(y, h, torch.cat(cells, 1)) if self.unit == "lstm" else States(y, h)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, T: int = 5) -> dict[str, Tensor]:
        """Return a random sequence and states to start from."""
        names = ("h", "c") if self.unit == "lstm" else ("h",)
        states = {name: torch.randn(B, self.units * len(self.levels), generator=generator) for name in names}
        return {"x": torch.randn(B, T, self.in_features, generator=generator), **states}

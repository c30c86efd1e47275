"""Long short-term memory: a gated recurrent network whose cell is added to, not multiplied through.

Source: Graves 2013, "Generating sequences with recurrent neural networks", eq. 7-11 (graves2013generating), the form of
the lecture (S22); forget gate from Gers et al. 2000 (gers2000learning), peepholes from Gers et al. 2002
(gers2002learning), the cell from Hochreiter & Schmidhuber 1997 (hochreiter1997lstm).

Equations:
    i_t = sigmoid(W_xi x_t + W_hi h_{t-1} + w_ci * c_{t-1} + b_i)
    f_t = sigmoid(W_xf x_t + W_hf h_{t-1} + w_cf * c_{t-1} + b_f)
    c_t = f_t * c_{t-1} + i_t * tanh(W_xc x_t + W_hc h_{t-1} + b_c)
    o_t = sigmoid(W_xo x_t + W_ho h_{t-1} + w_co * c_t + b_o)
    h_t = o_t * tanh(c_t)
    The peepholes w_c* are diagonal. Without a forget gate f_t = 1: the constant error carousel.

Shapes: B examples, T steps, F input features, U hidden units, G output features.
"""

# Long short-term memory, in one file.
# From: Deep Learning Taxonomy 0.1.0, `lstm`, without its checks of arguments and inputs
# Paper: Hochreiter and Schmidhuber (1997), Long short-term memory
# Needs: torch
# Licence: MIT, copyright the contributors of Deep Learning Taxonomy
# Run: python lstm.py

from typing import Annotated as Float
from typing import NamedTuple

import torch
from torch import Tensor, nn

# implementations/concepts/component/peephole_connection.py
# Peephole connection: a gate sees the cell that it controls, through one weight for each cell.


class PeepholeConnection(nn.Module):
    """A diagonal linear map of the cell.

    Args:
        units: Number U of cells.
    """

    def __init__(self, *, units: int = 4) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(units).uniform_(-(units**-0.5), units**-0.5))

    def forward(self, c: Float[Tensor, "B U"]) -> Float[Tensor, "B U"]:
        """Return the cell's contribution to the sum of the gate."""
        return self.weight * c

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random cells."""
        return {"c": torch.randn(B, len(self.weight), generator=generator)}


class States(NamedTuple):
    """The output of every step, and hidden state and cell after the last."""

    y: Float[Tensor, "B T G"]
    h: Float[Tensor, "B U"]
    c: Float[Tensor, "B U"]


class LSTM(nn.Module):
    """LSTM layer with a linear read-out.

    Args:
        in_features: Number F of input features.
        units: Number U of cells.
        out_features: Number G of outputs at every step; 0 returns the hidden states.
        peepholes: Whether the gates see the cell.
        forget_gate: Whether cells can be emptied; without it they only add up (1997).

    Example:
        >>> LSTM(in_features=3, units=8, out_features=2)(torch.zeros(4, 10, 3)).y.shape
        torch.Size([4, 10, 2])
    """

    def __init__(
        self,
        *,
        in_features: int = 3,
        units: int = 6,
        out_features: int = 0,
        peepholes: bool = True,
        forget_gate: bool = True,
    ) -> None:
        super().__init__()
        self.units, self.forget_gate = units, forget_gate
        gates = 4 if forget_gate else 3
        self.input = nn.Linear(in_features, gates * units)
        self.recurrent = nn.Linear(units, gates * units, bias=False)
        names = ("input", "forget", "output") if forget_gate else ("input", "output")
        self.peepholes = nn.ModuleDict({name: PeepholeConnection(units=units) for name in names if peepholes})
        self.read_out = nn.Linear(units, out_features) if out_features else nn.Identity()

    def forward(
        self, x: Float[Tensor, "B T F"], h: Float[Tensor, "B U"] | None = None, c: Float[Tensor, "B U"] | None = None
    ) -> States:
        """Run over a sequence, from a given state or from zero, and return all outputs and the last state."""
        h = x.new_zeros(len(x), self.units) if h is None else h
        c = x.new_zeros(len(x), self.units) if c is None else c
        projected = self.input(x)  # [B, T, gates * U], all steps at once
        weight = self.recurrent.weight.T
        states = []
        for step in projected.unbind(1):
            h, c = self._step(torch.addmm(step, h, weight), c)
            states.append(h)
        return States(self.read_out(torch.stack(states, 1)), h, c)

    def _step(self, pre_activations: Float[Tensor, "B GU"], c: Float[Tensor, "B U"]) -> tuple[Tensor, Tensor]:
        """Update cell and hidden state from the pre-activations of gates and candidate, in the order i, f, g, o."""
        i, *f, g, o = pre_activations.split(self.units, 1)
        if self.peepholes:
            i = i + self.peepholes["input"](c)
            f = [gate + self.peepholes["forget"](c) for gate in f]
        retained = torch.sigmoid(f[0]) * c if f else c
        c = retained + torch.sigmoid(i) * torch.tanh(g)
        if self.peepholes:
            o = o + self.peepholes["output"](c)  # the output gate sees the new cell
        return torch.sigmoid(o) * torch.tanh(c), c

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, T: int = 7) -> dict[str, Tensor]:
        """Return a random sequence and a state to start from."""
        return {
            "x": torch.randn(B, T, self.input.in_features, generator=generator),
            "h": torch.randn(B, self.units, generator=generator),
            "c": torch.randn(B, self.units, generator=generator),
        }


if __name__ == "__main__":
    torch.manual_seed(0)
    model = LSTM()
    inputs = model.example_inputs(torch.Generator().manual_seed(0))
    outputs = model(**inputs)
    print(f"{sum(weight.numel() for weight in model.parameters()):,} parameters")
    for name, value in inputs.items():
        print(f"{name}: {list(value.shape)}")
    for value in outputs if isinstance(outputs, tuple) else [outputs]:
        print(f"-> {list(value.shape)}")

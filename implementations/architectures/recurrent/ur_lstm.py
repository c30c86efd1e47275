"""UR-LSTM: a long short-term memory with uniformly initialised and refined forget gates.

Source: Gu et al. 2020, "Improving the gating mechanism of recurrent neural networks", eq. 9-12 (gu2020gating).

Equations:
    f_t = sigmoid(W_f x_t + U_f h_{t-1} + b_f)          b_f = -log(1 / u - 1),  u uniform on [1/U, 1 - 1/U]
    r_t = sigmoid(W_r x_t + U_r h_{t-1} + b_r)          b_r = -b_f at the start
    e_t = r_t * (1 - (1 - f_t)^2) + (1 - r_t) * f_t^2   the effective gate; without a refine gate: e_t = f_t
    c_t = e_t * c_{t-1} + (1 - e_t) * tanh(W_c x_t + U_c h_{t-1} + b_c)
    h_t = sigmoid(W_o x_t + U_o h_{t-1} + b_o) * tanh(c_t)

Shapes: B examples, T steps, F input features, U hidden units, G output features.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.gating_mechanism.refine_gate import RefineGate
from implementations.concepts.initialisation.uniform_gate_initialisation import uniform_gate_
from kb.guards import checked_arguments, checked_inputs


class States(NamedTuple):
    """The output of every step, and hidden state and cell after the last."""

    y: Float[Tensor, "B T G"]
    h: Float[Tensor, "B U"]
    c: Float[Tensor, "B U"]


class URLSTM(nn.Module):
    """LSTM layer in which one refined gate mixes the old cell with the new, with a linear read-out.

    Args:
        in_features: Number F of input features.
        units: Number U of cells.
        out_features: Number G of outputs at every step; 0 returns the hidden states.
        refine: Whether a second gate refines the forget gate.
        uniform: Whether the forget gates start spread over their range; otherwise they start near one half.

    Example:
        >>> URLSTM(in_features=3, units=8, out_features=2)(torch.zeros(4, 10, 3)).y.shape
        torch.Size([4, 10, 2])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_features: int = 3,
        units: int = 6,
        out_features: int = 0,
        refine: bool = True,
        uniform: bool = True,
    ) -> None:
        super().__init__()
        self.units = units
        blocks = 4 if refine else 3  # order: f, g, o, r; there is no input gate, and g is the candidate
        self.input = nn.Linear(in_features, blocks * units)
        self.recurrent = nn.Linear(units, blocks * units, bias=False)
        self.refine = RefineGate() if refine else None
        self.read_out = nn.Linear(units, out_features) if out_features else nn.Identity()
        if uniform:
            f, _, _, *r = self.input.bias.detach().split(units)
            uniform_gate_(f)
            for bias in r:
                bias.copy_(-f)

    @checked_inputs()
    def forward(
        self, x: Float[Tensor, "B T F"], h: Float[Tensor, "B U"] | None = None, c: Float[Tensor, "B U"] | None = None
    ) -> States:
        """Run over a sequence, from a given state or from zero, and return all outputs and the last state."""
        h = x.new_zeros(len(x), self.units) if h is None else h
        c = x.new_zeros(len(x), self.units) if c is None else c
        projected = self.input(x)  # [B, T, blocks * U], all steps at once
        weight = self.recurrent.weight.T
        states = []
        for step in projected.unbind(1):
            h, c = self._step(torch.addmm(step, h, weight), c)
            states.append(h)
        return States(self.read_out(torch.stack(states, 1)), h, c)

    def _step(self, pre_activations: Float[Tensor, "B SU"], c: Float[Tensor, "B U"]) -> tuple[Tensor, Tensor]:
        """Update cell and hidden state from the pre-activations of gates and candidate."""
        f, g, o, *r = pre_activations.split(self.units, 1)
        gate = torch.sigmoid(f)
        if self.refine is not None:
            gate = self.refine(gate, torch.sigmoid(r[0]))
        c = gate * c + (1 - gate) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, T: int = 4) -> dict[str, Tensor]:
        """Return a random sequence and a state to start from."""
        return {
            "x": torch.randn(B, T, self.input.in_features, generator=generator),
            "h": torch.randn(B, self.units, generator=generator),
            "c": torch.randn(B, self.units, generator=generator),
        }

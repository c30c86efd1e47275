"""sLSTM cell: a long short-term memory with exponential input gates, whose cell is divided by the sum of their weights.

Source: Beck et al. 2024, "xLSTM: extended long short-term memory", eq. 8-17 (beck2024xlstm), of one head.

Equations:
    c_t = f_t c_{t-1} + i_t z_t,   n_t = f_t n_{t-1} + i_t,   h_t = o_t c_t / n_t
    z_t = tanh(z~_t),   i_t = exp(i~_t),   f_t = sigmoid(f~_t),   o_t = sigmoid(o~_t)
    every pre-activation: W x_t + R h_{t-1} + b, with weights of its own
    c and n are kept divided by exp(m_t), with m_t = max(log f_t + m_{t-1}, i~_t), so that nothing overflows

Shapes: B examples, T steps, F input features, U units.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class State(NamedTuple):
    """The hidden states of all steps; the last, cell, sum of weights and their common logarithm after the last."""

    y: Float[Tensor, "B T U"]
    h: Float[Tensor, "B U"]
    c: Float[Tensor, "B U"]
    n: Float[Tensor, "B U"]
    m: Float[Tensor, "B U"]


class SLSTMCell(nn.Module):
    """One step after the other.

    Args:
        in_features: Number F of input features.
        units: Number U of units.

    Example:
        >>> nothing = torch.zeros(2, 4)
        >>> SLSTMCell()(torch.zeros(2, 5, 3), nothing, nothing, nothing, nothing - torch.inf).y.shape
        torch.Size([2, 5, 4])
    """

    @checked_arguments()
    def __init__(self, *, in_features: int = 3, units: int = 4) -> None:
        super().__init__()
        self.input = nn.Linear(in_features, 4 * units)  # order: input gate, forget gate, cell input, output gate
        self.recurrent = nn.Linear(units, 4 * units, bias=False)

    def forward(
        self,
        x: Float[Tensor, "B T F"],
        h: Float[Tensor, "B U"],
        c: Float[Tensor, "B U"],
        n: Float[Tensor, "B U"],
        m: Float[Tensor, "B U"],
    ) -> State:
        """Run over a sequence from a given state; the logarithm is minus infinity where nothing came before."""
        weight, states = self.recurrent.weight.T, []
        for projected in self.input(x).unbind(1):  # all steps at once
            write, forget, z, o = torch.addmm(projected, h, weight).chunk(4, 1)
            keep = F.logsigmoid(forget) + m
            m = torch.maximum(keep, write)
            kept, written = torch.exp(keep - m), torch.exp(write - m)
            c, n = kept * c + written * torch.tanh(z), kept * n + written
            h = torch.sigmoid(o) * c / n
            states.append(h)
        return State(torch.stack(states, 1), h, c, n, m)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 6) -> dict[str, Tensor]:
        """Return a random sequence and a state to start from; sums of weights are positive."""
        units = self.recurrent.in_features
        shapes = {"x": (B, T, self.input.in_features)} | dict.fromkeys("hcnm", (B, units))
        drawn = {name: torch.randn(*shape, generator=generator) for name, shape in shapes.items()}
        return drawn | {"n": drawn["n"].exp()}

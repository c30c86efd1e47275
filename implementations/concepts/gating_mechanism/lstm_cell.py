"""LSTM cell: one step of a long short-term memory with input, forget and output gate.

Source: Hochreiter & Schmidhuber 1997 (hochreiter1997lstm); the forget gate from Gers et al. 2000 (gers2000learning).
Without biases and the tanh of the output it is the cell of Vinyals et al. 2015, eq. 4-8 (vinyals2015show).

Equations:
    i, f, o = sigmoid(W x_t + U h_{t-1} + b), with weights of their own
    g = tanh(W_g x_t + U_g h_{t-1} + b_g)
    c_t = f * c_{t-1} + i * g
    h_t = o * tanh(c_t),   or o * c_t where the output is not squashed

Shapes: B examples, F input features, U units.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class State(NamedTuple):
    """Hidden state and cell."""

    h: Tensor
    c: Tensor


class LSTMCell(nn.Module):
    """One step, with the gates in the order input, forget, cell, output.

    Args:
        in_features: Number F of input features.
        units: Number U of units.
        bias: Whether the pre-activations have biases.
        squash: Whether the output is tanh of the cell, or the cell itself.

    Example:
        >>> LSTMCell()(torch.zeros(2, 3), torch.zeros(2, 4), torch.zeros(2, 4)).h.shape
        torch.Size([2, 4])
    """

    @checked_arguments()
    def __init__(self, *, in_features: int = 3, units: int = 4, bias: bool = True, squash: bool = True) -> None:
        super().__init__()
        self.squash = squash
        self.input = nn.Linear(in_features, 4 * units, bias=bias)
        self.recurrent = nn.Linear(units, 4 * units, bias=False)

    def forward(
        self, x: Float[Tensor, "B F"], h: Float[Tensor, "B U"], c: Float[Tensor, "B U"], *, projected: bool = False
    ) -> State:
        """Return the next hidden state and cell; an input that is `projected` is already W x + b."""
        projected_x = x if projected else self.input(x)
        i, f, g, o = torch.addmm(projected_x, h, self.recurrent.weight.T).chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return State(torch.sigmoid(o) * (torch.tanh(c) if self.squash else c), c)

    def run(
        self, x: Float[Tensor, "B T F"], h: Float[Tensor, "B U"], c: Float[Tensor, "B U"]
    ) -> tuple[Float[Tensor, "B T U"], State]:
        """Run over a sequence, and return the hidden states of all steps, and the last hidden state and cell."""
        states = []
        for step in self.input(x).unbind(1):  # [B, T, 4U], all steps at once
            h, c = self(step, h, c, projected=True)
            states.append(h)
        return torch.stack(states, 1), State(h, c)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return a random input, hidden state and cell."""
        sizes = {"x": self.input.in_features, "h": self.recurrent.in_features, "c": self.recurrent.in_features}
        return {name: torch.randn(B, size, generator=generator) for name, size in sizes.items()}

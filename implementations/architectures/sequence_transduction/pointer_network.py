"""Pointer network: an encoder-decoder whose output at every step is a distribution over the elements of its input.

Source: Vinyals, Fortunato & Jaitly 2015, "Pointer networks" (vinyals2015pointer).

Equations:
    e_j = LSTM(x_j, e_{j-1})                              over the source
    d_i = LSTM(x_{C_{i-1}}, d_{i-1}),  d_0: last state of the encoder
    u_ij = v . tanh(W_1 e_j + W_2 d_i)
    p(C_i = j | C_1 .. C_{i-1}, x) = exp(u_ij) / sum over k of exp(u_ik)

Shapes: B examples, S elements of the source with F features, T steps.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.attention_mechanism.pointer_attention import PointerAttention
from implementations.concepts.gating_mechanism.lstm_cell import LSTMCell
from kb.guards import checked_arguments, checked_inputs


class States(NamedTuple):
    """Hidden states of all steps, and the last hidden state and cell."""

    y: Float[Tensor, "B T U"]
    h: Float[Tensor, "B U"]
    c: Float[Tensor, "B U"]


class Recurrence(nn.Module):
    """An LSTM that runs over a sequence."""

    def __init__(self, in_features: int, units: int) -> None:
        super().__init__()
        self.cell = LSTMCell(in_features=in_features, units=units)

    def forward(self, x: Float[Tensor, "B T F"], h: Float[Tensor, "B U"], c: Float[Tensor, "B U"]) -> States:
        """Return the states, which start from given ones."""
        states, last = self.cell.run(x, h, c)
        return States(states, last.h, last.c)


class PointerNetwork(nn.Module):
    """An LSTM for the source, an LSTM for the elements that were chosen, and a pointer from one to the other.

    Args:
        in_features: Number F of features of an element.
        units: Units of both LSTMs.
        alignment: Hidden units of the network that compares steps with elements.

    Example:
        >>> PointerNetwork()(torch.zeros(1, 2, 3), torch.zeros(1, 5, 3)).shape
        torch.Size([1, 2, 5])
    """

    @checked_arguments()
    def __init__(self, *, in_features: int = 3, units: int = 5, alignment: int = 4) -> None:
        super().__init__()
        self.in_features, self.units = in_features, units
        self.encoder = Recurrence(in_features, units)
        self.decoder = Recurrence(in_features, units)
        self.pointer = PointerAttention(query_features=units, key_features=units, units=alignment)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T F"], source: Float[Tensor, "B S F"]) -> Float[Tensor, "B T S"]:
        """Return the logarithm of the probability that a step points at an element, for every step and element.

        Args:
            x: The elements that were chosen before, the first of them a start symbol.
            source: The elements to choose from.
        """
        zeros = x.new_zeros(len(x), self.units)
        elements, h, c = self.encoder(source, zeros, zeros)
        steps = self.decoder(x, h, c).y
        return self.pointer(steps, elements)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 4, S: int = 5) -> dict[str, Tensor]:
        """Return random elements; fewer are chosen than there are."""
        return {
            "x": torch.randn(B, T, self.in_features, generator=generator),
            "source": torch.randn(B, S, self.in_features, generator=generator),
        }

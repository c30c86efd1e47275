"""Sparsely gated mixture of experts between two LSTM layers: each word uses a few of many networks.

Source: Shazeer et al. 2017, "Outrageously large neural networks: the sparsely-gated mixture-of-experts layer", the
language models (shazeer2017outrageously).

Equations:
    e_t = W_e x_t,   of a one-hot code an embedding
    u_t = e_t + LSTM(e)_t
    v_t = u_t + sigmoid(sum over i of G(u_t)_i E_i(u_t)),   G(u) = softmax(KeepTopK(u W_g, k))
    y_t = W (v_t + LSTM(v)_t) + b
    E_i(u) = V_i max(0, U_i u); experts whose G is zero are not computed

Shapes: B examples, T steps, F input features, D width, U numbers in the states of both layers, G output features.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.gating_mechanism.lstm_cell import LSTMCell
from implementations.concepts.gating_mechanism.sparsely_gated_experts import SparselyGatedExperts
from kb.guards import checked_arguments, checked_inputs


class States(NamedTuple):
    """The output of every step, and the hidden states and cells of both layers after the last, concatenated."""

    y: Float[Tensor, "B T G"]
    h: Float[Tensor, "B U"]
    c: Float[Tensor, "B U"]


class SparselyGatedMixtureOfExperts(nn.Module):
    """Embedding; LSTM, mixture of experts, LSTM, each with a connection around it; then a linear read-out.

    Args:
        in_features: Number F of input features.
        width: Number D of features inside, and of cells of each layer.
        hidden: Hidden units of each expert.
        experts: Number of experts.
        chosen: How many of them are used at each step.
        out_features: Number G of outputs at every step.

    Raises:
        ValueError: More experts are to be chosen than there are.

    Example:
        >>> SparselyGatedMixtureOfExperts(in_features=6, out_features=2)(torch.zeros(4, 10, 6)).y.shape
        torch.Size([4, 10, 2])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_features: int = 3,
        width: int = 4,
        hidden: int = 12,
        experts: int = 8,
        chosen: int = 2,
        out_features: int = 3,
    ) -> None:
        super().__init__()
        self.width = width
        self.embedding = nn.Linear(in_features, width, bias=False)
        self.first, self.second = (LSTMCell(in_features=width, units=width) for _ in range(2))
        self.experts = SparselyGatedExperts(width=width, hidden=hidden, experts=experts, chosen=chosen)
        self.read_out = nn.Linear(width, out_features)

    @checked_inputs()
    def forward(
        self, x: Float[Tensor, "B T F"], h: Float[Tensor, "B U"] | None = None, c: Float[Tensor, "B U"] | None = None
    ) -> States:
        """Run over a sequence, from given states or from zero, and return all outputs and the last states."""
        h, c = (x.new_zeros(len(x), 2 * self.width) if state is None else state for state in (h, c))
        (first_h, second_h), (first_c, second_c) = h.chunk(2, 1), c.chunk(2, 1)
        embedded = self.embedding(x)
        states, first = self.first.run(embedded, first_h, first_c)
        u = embedded + states
        v = u + torch.sigmoid(self.experts(u))
        states, second = self.second.run(v, second_h, second_c)
        y = self.read_out(v + states)
        return States(y, torch.cat([first.h, second.h], 1), torch.cat([first.c, second.c], 1))

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, T: int = 7) -> dict[str, Tensor]:
        """Return a random sequence and states to start from."""
        return {
            "x": torch.randn(B, T, self.embedding.in_features, generator=generator),
            "h": torch.randn(B, 2 * self.width, generator=generator),
            "c": torch.randn(B, 2 * self.width, generator=generator),
        }

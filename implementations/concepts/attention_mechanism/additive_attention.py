"""Additive attention: a weighted mean of values, with weights from a small network of query and key.

Source: Bahdanau, Cho & Bengio 2015, eq. 5 and 6, and sec. A.1.2 for the alignment model (bahdanau2014neural).

Equations:
    e_ij     = v_a . tanh(W_a s_i + U_a h_j)
    alpha_ij = exp(e_ij) / sum over k of exp(e_ik)
    c_i      = sum over j of alpha_ij h_j

Shapes: any leading axes, T queries, S keys and values.
"""

import torch
from torch import Tensor, nn

from kb.guards import checked_arguments


class AdditiveAttention(nn.Module):
    """Attention whose scores come from a perceptron with one hidden layer.

    Args:
        query_features: Features of a query.
        key_features: Features of a key.
        units: Hidden units of the perceptron.
    """

    @checked_arguments()
    def __init__(self, *, query_features: int = 4, key_features: int = 3, units: int = 5) -> None:
        super().__init__()
        self.query = nn.Linear(query_features, units, bias=False)
        self.key = nn.Linear(key_features, units, bias=False)
        self.score = nn.Linear(units, 1, bias=False)
        self.activation = nn.Tanh()

    def forward(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """Return one mixture of values for every query, `[..., T, d_v]`."""
        # Each half of the hidden layer is computed once for every query and key; all pairs of them are added.
        pairs = self.query(q)[..., :, None, :] + self.key(k)[..., None, :, :]  # [..., T, S, units]
        scores = self.score(self.activation(pairs)).squeeze(-1)  # [..., T, S]
        return scores.softmax(-1) @ v

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random queries, keys and values; there are more keys than queries."""
        shapes = {"q": (B, 3, self.query.in_features), "k": (B, 5, self.key.in_features), "v": (B, 5, 2)}
        return {name: torch.randn(shape, generator=generator) for name, shape in shapes.items()}

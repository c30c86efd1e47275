"""Pointer attention: a distribution over the given elements, computed as the weights of additive attention are.

Source: Vinyals, Fortunato & Jaitly 2015 (vinyals2015pointer), whose scores are those of Bahdanau et al. 2015, sec.
A.1.2 (bahdanau2014neural).

Equations:
    u_ij = v . tanh(W_1 e_j + W_2 d_i)
    p(j at step i) = exp(u_ij) / sum over k of exp(u_ik)

Shapes: B examples, T steps with D features, S elements with F features.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class PointerAttention(nn.Module):
    """A small network compares each step with each element; a softmax over the elements follows.

    Args:
        query_features: Number D of features of a step.
        key_features: Number F of features of an element.
        units: Hidden units of the small network.

    Example:
        >>> PointerAttention()(torch.zeros(1, 2, 4), torch.zeros(1, 5, 3)).exp()[0, 0]
        tensor([0.2000, 0.2000, 0.2000, 0.2000, 0.2000], grad_fn=<SelectBackward0>)
    """

    @checked_arguments()
    def __init__(self, *, query_features: int = 4, key_features: int = 3, units: int = 5) -> None:
        super().__init__()
        self.query = nn.Linear(query_features, units, bias=False)
        self.key = nn.Linear(key_features, units, bias=False)
        self.score = nn.Linear(units, 1, bias=False)

    def forward(self, q: Float[Tensor, "B T D"], k: Float[Tensor, "B S F"]) -> Float[Tensor, "B T S"]:
        """Return the logarithm of the probability of every element at every step."""
        pairs = torch.tanh(self.query(q)[:, :, None] + self.key(k)[:, None])  # [B, T, S, units]
        return self.score(pairs).squeeze(-1).log_softmax(-1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 3, S: int = 5) -> dict[str, Tensor]:
        """Return random steps and elements; there are more elements than steps."""
        sizes = {"q": (T, self.query.in_features), "k": (S, self.key.in_features)}
        return {name: torch.randn(B, *size, generator=generator) for name, size in sizes.items()}

"""Fast-weight memory: a matrix into which every step writes an association, and which it reads with a query.

Source: Schlag, Irie & Schmidhuber 2021, "Linear Transformers are secretly fast weight programmers" (schlag2021linear);
Katharopoulos et al. 2020 (katharopoulos2020transformers).

Equations:
    W_t = W_{t-1} + v_t phi(k_t)^T,   z_t = z_{t-1} + phi(k_t)
    y_t = W_t phi(q_t) / (z_t . phi(q_t))
    phi(x) = elu(x) + 1

Shapes: B examples, T positions, D width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.attention_mechanism.linear_attention import features


class FastWeightMemory(nn.Module):
    """Step after step, with a state of D x D + D numbers for any length of the sequence."""

    def forward(
        self, q: Float[Tensor, "B T D"], k: Float[Tensor, "B T D"], v: Float[Tensor, "B T D"]
    ) -> Float[Tensor, "B T D"]:
        """Return the result that each step reads after writing."""
        memory = v.new_zeros(len(v), v.shape[2], k.shape[2])
        total = k.new_zeros(len(k), k.shape[2])
        read = []
        for query, key, value in zip(features(q).unbind(1), features(k).unbind(1), v.unbind(1), strict=True):
            memory = memory + value[:, :, None] * key[:, None, :]  # [B, D, D]
            total = total + key
            read.append((memory @ query[:, :, None])[:, :, 0] / (total * query).sum(1, keepdim=True))
        return torch.stack(read, 1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 6) -> dict[str, Tensor]:
        """Return random queries, keys and values."""
        return {name: torch.randn(B, T, 4, generator=generator) for name in ("q", "k", "v")}

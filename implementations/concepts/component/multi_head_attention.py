"""Multi-head attention: several attentions in parallel, each in its own projection of the width.

Source: Vaswani et al. 2017, sec. 3.2.2 (vaswani2017attention).

Equations:
    MultiHead(Q, K, V) = Concat(head_1 .. head_h) W_O,   head_i = Attention(Q W_i^Q, K W_i^K, V W_i^V)

Shapes: B examples, T queries, S keys, D width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class MultiHeadAttention(nn.Module):
    """Attention of a sequence to itself or to another.

    Args:
        width: Width D.
        heads: Number of heads; must divide the width.

    Raises:
        ValueError: The heads do not divide the width.
    """

    @checked_arguments()
    def __init__(self, *, width: int = 8, heads: int = 2) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"width ({width}) must be divisible by heads ({heads})")
        self.heads = heads
        self.query, self.key, self.value, self.output = (nn.Linear(width, width) for _ in range(4))

    def forward(
        self, x: Float[Tensor, "B T D"], memory: Float[Tensor, "B S D"], causal: bool = False
    ) -> Float[Tensor, "B T D"]:
        """Return the result of attention to `memory` at every position of `x`."""
        q, k, v = (
            projected.unflatten(-1, (self.heads, -1)).transpose(1, 2)  # [B, heads, T or S, D / heads]
            for projected in (self.query(x), self.key(memory), self.value(memory))
        )
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
        return self.output(mixed.transpose(1, 2).flatten(2))  # [B, T, D]

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return a sequence and a longer memory."""
        width = self.query.in_features
        return {
            "x": torch.randn(B, 3, width, generator=generator),
            "memory": torch.randn(B, 5, width, generator=generator),
        }

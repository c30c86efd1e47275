"""Multi-query attention: every head has its own queries of the same keys and values.

Source: Shazeer 2019, "Fast Transformer decoding: one write-head is all you need" (shazeer2019fast).

Equations:
    head_i = Attention(Q W_i^Q, K W^K, V W^V),   y = Concat(head_1 .. head_h) W^O

Shapes: B examples, T queries, S keys, D width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class MultiQueryAttention(nn.Module):
    """Attention of a sequence to itself or to another, with one set of keys and values.

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
        self.query, self.output = nn.Linear(width, width), nn.Linear(width, width)
        self.key, self.value = nn.Linear(width, width // heads), nn.Linear(width, width // heads)

    def forward(self, x: Float[Tensor, "B T D"], memory: Float[Tensor, "B S D"]) -> Float[Tensor, "B T D"]:
        """Return the result of attention to `memory` at every position of `x`."""
        q = self.query(x).unflatten(-1, (self.heads, -1))  # [B, T, heads, D / heads]
        k, v = self.key(memory), self.value(memory)  # [B, S, D / heads]
        scores = torch.einsum("bthd,bsd->bhts", q, k) / q.shape[-1] ** 0.5
        attended = torch.einsum("bhts,bsd->bthd", scores.softmax(-1), v)
        return self.output(attended.flatten(2))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return a sequence and a longer memory."""
        width = self.query.in_features
        return {
            "x": torch.randn(B, 3, width, generator=generator),
            "memory": torch.randn(B, 5, width, generator=generator),
        }

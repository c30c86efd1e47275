"""Grouped-query attention: the heads of a group have queries of their own, and share keys and values.

Source: Ainslie et al. 2023, "GQA: training generalized multi-query Transformer models from multi-head checkpoints"
(ainslie2023gqa).

Equations:
    head_i = Attention(Q W_i^Q, K W_g^K, V W_g^V),   g = the group of head i
    y = Concat(head_1 .. head_h) W^O

Shapes: B examples, T queries, S keys, D width, H heads, G groups, d = D / H.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class GroupedQueryAttention(nn.Module):
    """Attention of a sequence to itself or to another, with one set of keys and values for every group of heads.

    Args:
        width: Width D.
        heads: Number H of heads; must divide the width.
        groups: Number G of groups, which must divide the heads: as many as heads is multi-head attention, one is
            multi-query attention.
        bias: Whether projections add a bias.

    Raises:
        ValueError: The heads do not divide the width, or the groups do not divide the heads.

    Example:
        >>> GroupedQueryAttention(width=8, heads=4, groups=2).key.out_features
        4
        >>> GroupedQueryAttention(heads=3)
        Traceback (most recent call last):
        ValueError: GroupedQueryAttention(heads=3) cannot be built: width (8) must be divisible by heads (3)
        >>> GroupedQueryAttention(groups=3)
        Traceback (most recent call last):
        ValueError: GroupedQueryAttention(groups=3) cannot be built: heads (4) must be divisible by groups (3)
    """

    @checked_arguments()
    def __init__(self, *, width: int = 8, heads: int = 4, groups: int = 2, bias: bool = True) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"width ({width}) must be divisible by heads ({heads})")
        if heads % groups:
            raise ValueError(f"heads ({heads}) must be divisible by groups ({groups})")
        self.heads, self.groups = heads, groups
        self.query, self.output = (nn.Linear(width, width, bias=bias) for _ in range(2))
        self.key, self.value = (nn.Linear(width, width // heads * groups, bias=bias) for _ in range(2))

    def forward(self, x: Float[Tensor, "B T D"], memory: Float[Tensor, "B S D"]) -> Float[Tensor, "B T D"]:
        """Return the result of attention to `memory` at every position of `x`."""
        return self.attended(*self.projected(x, memory))

    def projected(
        self, x: Float[Tensor, "B T D"], memory: Float[Tensor, "B S D"]
    ) -> tuple[Float[Tensor, "B H T d"], Float[Tensor, "B G S d"], Float[Tensor, "B G S d"]]:
        """Return the queries of every head, and the keys and values of every group."""
        query = self.query(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        key, value = (
            projection(memory).unflatten(-1, (self.groups, -1)).transpose(1, 2) for projection in (self.key, self.value)
        )
        return query, key, value

    def attended(
        self,
        query: Float[Tensor, "B H T d"],
        key: Float[Tensor, "B G S d"],
        value: Float[Tensor, "B G S d"],
        causal: bool = False,
    ) -> Float[Tensor, "B T D"]:
        """Return the output from queries, keys and values."""
        key, value = (shared.repeat_interleave(self.heads // self.groups, 1) for shared in (key, value))
        mixed = F.scaled_dot_product_attention(query, key, value, is_causal=causal)
        return self.output(mixed.transpose(1, 2).flatten(2))  # [B, T, D]

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return a sequence and a longer memory."""
        width = self.query.in_features
        return {
            "x": torch.randn(B, 3, width, generator=generator),
            "memory": torch.randn(B, 5, width, generator=generator),
        }

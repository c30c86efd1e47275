"""Multi-head attention block: a set attends to another, and each of its elements is then mapped on its own.

Source: Lee et al. 2019 (lee2018set).

Equations:
    H = LN(X + Multihead(X, Y, Y))
    MAB(X, Y) = LN(H + rFF(H)),   rFF(h) = max(0, W h + b)

Shapes: B examples, T elements that attend, S elements that are attended to, D width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.component.multi_head_attention import MultiHeadAttention
from kb.guards import checked_arguments


class MultiHeadAttentionBlock(nn.Module):
    """Attention and a layer for every element, both with a residual connection.

    Args:
        width: Width D of the elements.
        heads: Number of heads; must divide the width.
        norm: Whether each sum is normalised.

    Example:
        >>> MultiHeadAttentionBlock(width=4)(torch.zeros(2, 3, 4), torch.zeros(2, 5, 4)).shape
        torch.Size([2, 3, 4])
    """

    @checked_arguments()
    def __init__(self, *, width: int = 6, heads: int = 2, norm: bool = True) -> None:
        super().__init__()
        self.attention = MultiHeadAttention(width=width, heads=heads)
        self.attention_norm = nn.LayerNorm(width) if norm else nn.Identity()
        self.layer = nn.Sequential(nn.Linear(width, width), nn.ReLU())
        self.layer_norm = nn.LayerNorm(width) if norm else nn.Identity()

    def forward(self, x: Float[Tensor, "B T D"], y: Float[Tensor, "B S D"]) -> Float[Tensor, "B T D"]:
        """Return the elements of `x` after they attended to those of `y`."""
        h = self.attention_norm(x + self.attention(x, y))
        return self.layer_norm(h + self.layer(h))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return a random set, and a larger one."""
        width = self.attention.query.in_features
        x, y = (torch.randn(B, size, width, generator=generator) for size in (3, 5))
        return {"x": x, "y": y}

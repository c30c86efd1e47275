"""Induced set attention block: learned points attend to a set, and the set attends to them.

Source: Lee et al. 2019 (lee2018set).

Equations:
    H = MAB(I, X),   ISAB(X) = MAB(X, H)      I: learned points, the same for every set

Shapes: B sets, T elements, D width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.attention_mechanism.multi_head_attention_block import MultiHeadAttentionBlock
from kb.guards import checked_arguments


class InducedSetAttentionBlock(nn.Module):
    """Attention of all elements to all, through a few points: its cost is linear in the size of the set.

    Args:
        width: Width D of the elements.
        heads: Number of heads; must divide the width.
        points: Number of learned points.
        norm: Whether sums are normalised.

    Example:
        >>> InducedSetAttentionBlock(width=4)(torch.zeros(2, 7, 4)).shape
        torch.Size([2, 7, 4])
    """

    @checked_arguments()
    def __init__(self, *, width: int = 6, heads: int = 2, points: int = 3, norm: bool = True) -> None:
        super().__init__()
        self.points = nn.Parameter(nn.init.xavier_uniform_(torch.empty(points, width)))
        self.gather = MultiHeadAttentionBlock(width=width, heads=heads, norm=norm)
        self.spread = MultiHeadAttentionBlock(width=width, heads=heads, norm=norm)

    def forward(self, x: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return the elements after they attended to each other through the points."""
        h = self.gather(self.points.repeat(len(x), 1, 1), x)
        return self.spread(x, h)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 5) -> dict[str, Tensor]:
        """Return random sets."""
        return {"x": torch.randn(B, T, self.points.shape[1], generator=generator)}

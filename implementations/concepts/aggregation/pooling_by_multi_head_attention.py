"""Pooling by multi-head attention: learned seeds attend to a set, and their outputs stand for it.

Source: Lee et al. 2019 (lee2018set).

Equations:
    PMA(Z) = MAB(S, rFF(Z)),   rFF(z) = max(0, W z + b)      S: learned seeds, the same for every set

Shapes: B sets, T elements, K seeds, D width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.attention_mechanism.multi_head_attention_block import MultiHeadAttentionBlock
from kb.guards import checked_arguments


class PoolingByMultiHeadAttention(nn.Module):
    """As many vectors for a set as there are seeds, whatever the size of the set.

    Args:
        width: Width D of the elements.
        heads: Number of heads; must divide the width.
        seeds: Number K of seeds.
        norm: Whether sums are normalised.

    Example:
        >>> PoolingByMultiHeadAttention(width=4, seeds=1)(torch.zeros(2, 7, 4)).shape
        torch.Size([2, 1, 4])
    """

    @checked_arguments()
    def __init__(self, *, width: int = 6, heads: int = 2, seeds: int = 2, norm: bool = True) -> None:
        super().__init__()
        self.seeds = nn.Parameter(nn.init.xavier_uniform_(torch.empty(seeds, width)))
        self.layer = nn.Sequential(nn.Linear(width, width), nn.ReLU())
        self.block = MultiHeadAttentionBlock(width=width, heads=heads, norm=norm)

    def forward(self, z: Float[Tensor, "B T D"]) -> Float[Tensor, "B K D"]:
        """Return one vector for every seed."""
        return self.block(self.seeds.repeat(len(z), 1, 1), self.layer(z))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 5) -> dict[str, Tensor]:
        """Return random sets."""
        return {"z": torch.randn(B, T, self.seeds.shape[1], generator=generator)}

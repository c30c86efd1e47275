"""Set Transformer: attention among the elements of a set, attention of learned seeds to the elements, and a read-out.

Source: Lee et al. 2019, "Set Transformer: a framework for attention-based permutation-invariant neural networks"
(lee2018set); also the authors' code.

Equations:
    H_0 = W_E X
    H_l = SAB(H_{l-1}) = MAB(H_{l-1}, H_{l-1}), or ISAB(H_{l-1}) where there are induced points
    f(X) = W_G concat(SAB(PMA(H_L)))

Shapes: B sets, T elements, F features of an element, D width, G outputs.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.aggregation.pooling_by_multi_head_attention import PoolingByMultiHeadAttention
from implementations.concepts.attention_mechanism.induced_set_attention_block import InducedSetAttentionBlock
from implementations.concepts.attention_mechanism.multi_head_attention_block import MultiHeadAttentionBlock
from kb.guards import checked_arguments, checked_inputs


class SetAttentionBlock(nn.Module):
    """Every element of a set attends to all.

    Args:
        width: Width D of the elements.
        heads: Number of heads; must divide the width.
        norm: Whether sums are normalised.
    """

    def __init__(self, *, width: int, heads: int, norm: bool) -> None:
        super().__init__()
        self.block = MultiHeadAttentionBlock(width=width, heads=heads, norm=norm)

    def forward(self, x: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return the elements after they attended to each other."""
        return self.block(x, x)


class SetTransformer(nn.Module):
    """An encoder of the elements, a pooling layer, a block for the pooled vectors, and a linear read-out.

    Args:
        in_features: Number F of features of an element.
        width: Width D of the elements.
        heads: Attention heads of every block; must divide the width.
        points: Number of induced points of the encoder; none by default, so that each element attends to all.
        layers: Number of blocks of the encoder.
        seeds: Number of vectors that a set is pooled into.
        out_features: Number G of outputs.
        norm: Whether sums in the blocks are normalised.

    Raises:
        ValueError: The heads do not divide the width.

    Example:
        >>> SetTransformer(in_features=4, out_features=2)(torch.zeros(3, 5, 4)).shape
        torch.Size([3, 2])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_features: int = 4,
        width: int = 6,
        heads: int = 2,
        points: int | None = None,
        layers: int = 2,
        seeds: int = 2,
        out_features: int = 3,
        norm: bool = True,
    ) -> None:
        super().__init__()
        self.embedding = nn.Linear(in_features, width)
        self.encoder = nn.Sequential(
            *(
                InducedSetAttentionBlock(width=width, heads=heads, points=points, norm=norm)
                if points
                else SetAttentionBlock(width=width, heads=heads, norm=norm)
                for _ in range(layers)
            )
        )
        self.pool = PoolingByMultiHeadAttention(width=width, heads=heads, seeds=seeds, norm=norm)
        self.decoder = SetAttentionBlock(width=width, heads=heads, norm=norm)
        self.read_out = nn.Sequential(nn.Flatten(), nn.Linear(seeds * width, out_features))

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T F"]) -> Float[Tensor, "B G"]:
        """Return one vector for every set."""
        return self.read_out(self.decoder(self.pool(self.trunk(x))))

    def trunk(self, x: Float[Tensor, "B T F"]) -> Float[Tensor, "B T D"]:
        """Return the features of the elements, ahead of pooling."""
        return self.encoder(self.embedding(x))

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, T: int = 5) -> dict[str, Tensor]:
        """Return random sets, the first with an element that occurs twice."""
        x = torch.randn(B, T, self.embedding.in_features, generator=generator)
        x[0, -1] = x[0, 0]
        return {"x": x}

"""LLaMA: a causal Transformer with rotary positions, root mean square normalisation and gated perceptrons.

Source: Touvron et al. 2023, "LLaMA: open and efficient foundation language models", sec. 2.2 (touvron2023llama); groups
of heads as in Ainslie et al. 2023 (ainslie2023gqa).

Equations:
    h'_l = RotaryAttention(RMSNorm(h_{l-1})) + h_{l-1}     causal; keys and values may be shared by groups of heads
    h_l  = SwiGLU(RMSNorm(h'_l)) + h'_l
    logits = W_out RMSNorm(h_L)                            no layer has a bias

Shapes: B examples, T positions, V words, D width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.attention_mechanism.grouped_query_attention import GroupedQueryAttention
from implementations.concepts.attention_mechanism.rotary_position_code import RotaryPositionCode
from implementations.concepts.gating_mechanism.swish_gated_linear_unit import SwishGatedLinearUnit
from implementations.concepts.normalisation.root_mean_square_normalisation import RootMeanSquareNormalisation
from kb.guards import checked_arguments, checked_inputs

EPSILON = 1e-6
"""Added to the mean squares, as in the released models."""


class Block(nn.Module):
    """Causal rotary attention and a gated perceptron, each with a normalised input and a residual connection."""

    def __init__(self, width: int, heads: int, groups: int, hidden: int) -> None:
        super().__init__()
        self.attention_norm = RootMeanSquareNormalisation(width=width, epsilon=EPSILON)
        self.attention = GroupedQueryAttention(width=width, heads=heads, groups=groups, bias=False)
        self.code = RotaryPositionCode(width=width // heads)
        self.perceptron_norm = RootMeanSquareNormalisation(width=width, epsilon=EPSILON)
        self.perceptron = SwishGatedLinearUnit(width=width, hidden=hidden)

    def forward(self, h: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return the block's output; values are not rotated."""
        normed = self.attention_norm(h)
        query, key, value = self.attention.projected(normed, normed)
        h = h + self.attention.attended(self.code(query), self.code(key), value, causal=True)
        return h + self.perceptron(self.perceptron_norm(h))


class LLaMA(nn.Module):
    """Word vectors, blocks, normalisation, and a linear read-out of its own.

    Args:
        vocabulary: Number V of words.
        width: Width D of the model.
        heads: Attention heads; must divide the width into even numbers.
        groups: Groups of heads that share keys and values; must divide the heads. As many as heads share nothing.
        layers: Number of blocks.
        hidden: Gated units of the perceptrons.

    Raises:
        ValueError: The heads do not divide the width, their widths are odd, or the groups do not divide the heads.

    Example:
        >>> LLaMA(vocabulary=5)(torch.zeros(2, 6, 5)).shape
        torch.Size([2, 6, 5])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        vocabulary: int = 5,
        width: int = 8,
        heads: int = 2,
        groups: int = 2,
        layers: int = 2,
        hidden: int = 12,
    ) -> None:
        super().__init__()
        self.embedding = nn.Linear(vocabulary, width, bias=False)
        self.blocks = nn.Sequential(*(Block(width, heads, groups, hidden) for _ in range(layers)))
        self.norm = RootMeanSquareNormalisation(width=width, epsilon=EPSILON)
        self.read_out = nn.Linear(width, vocabulary, bias=False)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T V"]) -> Float[Tensor, "B T V"]:
        """Return the logits of the next word at every position; words are one-hot vectors, or mixtures of these."""
        return self.read_out(self.norm(self.blocks(self.embedding(x))))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 6) -> dict[str, Tensor]:
        """Return random mixtures of words."""
        return {"x": torch.randn(B, T, self.embedding.in_features, generator=generator)}

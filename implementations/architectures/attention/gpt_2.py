"""GPT-2: a causal Transformer over words with learned positions, whose embedding is also its read-out.

Source: Radford et al. 2019, "Language models are unsupervised multitask learners", sec. 2.3 (radford2019language).

Equations:
    h_0   = W_E x + P                                    word vectors and learned position codes
    h'_l  = CausalAttention(LN(h_{l-1})) + h_{l-1}       normalisation at the input of each sub-block
    h_l   = MLP(LN(h'_l)) + h'_l                         two linear maps with a Gaussian error linear unit
    logits = W_E^T LN(h_L)                               an additional normalisation after the last block

Shapes: B examples, T positions, V words, D width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.attention_mechanism.learned_position_code import LearnedPositionCode
from implementations.concepts.component.multi_head_attention import MultiHeadAttention
from kb.guards import checked_arguments, checked_inputs


class Block(nn.Module):
    """Causal self-attention and a perceptron, each with a normalised input and a residual connection."""

    def __init__(self, width: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(width)
        self.attention = MultiHeadAttention(width=width, heads=heads)
        self.perceptron_norm = nn.LayerNorm(width)
        unit = nn.GELU(approximate="tanh")  # the form of the authors' code
        self.perceptron = nn.Sequential(nn.Linear(width, hidden), unit, nn.Linear(hidden, width))

    def forward(self, h: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return the block's output."""
        normed = self.attention_norm(h)
        h = h + self.attention(normed, normed, causal=True)
        return h + self.perceptron(self.perceptron_norm(h))


class GPT2(nn.Module):
    """Word vectors, learned position codes, blocks, normalisation, and logits by the same word vectors.

    Args:
        vocabulary: Number V of words.
        context: Number of position codes, the longest sequence.
        width: Width D of the model.
        heads: Attention heads; must divide the width.
        layers: Number of blocks.
        hidden: Hidden units of the perceptrons.

    Raises:
        ValueError: The heads do not divide the width, or a sequence is longer than the context.

    Example:
        >>> GPT2(vocabulary=5, context=6)(torch.zeros(2, 6, 5)).shape
        torch.Size([2, 6, 5])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        vocabulary: int = 5,
        context: int = 6,
        width: int = 8,
        heads: int = 2,
        layers: int = 2,
        hidden: int = 12,
    ) -> None:
        super().__init__()
        self.embedding = nn.Linear(vocabulary, width, bias=False)
        self.code = LearnedPositionCode(width=width, length=context)
        self.blocks = nn.Sequential(*(Block(width, heads, hidden) for _ in range(layers)))
        self.norm = nn.LayerNorm(width)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T V"]) -> Float[Tensor, "B T V"]:
        """Return the logits of the next word at every position; words are one-hot vectors, or mixtures of these."""
        h = self.norm(self.blocks(self.code(self.embedding(x))))
        return h @ self.embedding.weight  # [B, T, D] [D, V] -> [B, T, V]

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random mixtures of words, as many as there are position codes."""
        shape = (B, len(self.code.weight), self.embedding.in_features)
        return {"x": torch.randn(shape, generator=generator)}

"""BERT: a Transformer encoder that fills in hidden words from those on both sides.

Source: Devlin et al. 2019, "BERT: pre-training of deep bidirectional Transformers for language understanding"
(devlin2018bert).

Equations:
    h_0  = LN(W_E x + W_S s + P)                          word, segment and position
    h'_l = LN(h_{l-1} + Attention(h_{l-1}))               no mask: both sides are seen
    h_l  = LN(h'_l + W_2 GELU(W_1 h'_l))
    logits = W_E^T LN(GELU(W_T h_L)) + b                  for a hidden word, at every position

Shapes: B examples, T positions, V words, K segments, D width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.attention_mechanism.learned_position_code import LearnedPositionCode
from implementations.concepts.component.multi_head_attention import MultiHeadAttention
from kb.guards import checked_arguments, checked_inputs

EPSILON = 1e-12
"""Added to the variances, as in the authors' code."""


class Layer(nn.Module):
    """Attention and a perceptron, each followed by a sum with its input and a normalisation."""

    def __init__(self, width: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.attention = MultiHeadAttention(width=width, heads=heads)
        self.attention_norm = nn.LayerNorm(width, eps=EPSILON)
        self.perceptron = nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, width))
        self.perceptron_norm = nn.LayerNorm(width, eps=EPSILON)

    def forward(self, h: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return the layer's output."""
        h = self.attention_norm(h + self.attention(h, h))
        return self.perceptron_norm(h + self.perceptron(h))


class BERT(nn.Module):
    """Vectors of words, segments and positions, layers of the encoder, and logits of hidden words.

    Args:
        vocabulary: Number V of words.
        segments: Number K of segments, such as a question and an answer.
        context: Number of position codes, the longest sequence.
        width: Width D of the model.
        heads: Attention heads; must divide the width.
        layers: Number of layers.
        hidden: Hidden units of the perceptrons.

    Raises:
        ValueError: The heads do not divide the width, or a sequence is longer than the context.

    Example:
        >>> BERT(vocabulary=5, context=6)(torch.zeros(2, 6, 5)).shape
        torch.Size([2, 6, 5])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        vocabulary: int = 5,
        segments: int = 2,
        context: int = 6,
        width: int = 8,
        heads: int = 2,
        layers: int = 2,
        hidden: int = 12,
    ) -> None:
        super().__init__()
        self.embedding = nn.Linear(vocabulary, width, bias=False)
        self.segment = nn.Linear(segments, width, bias=False)
        self.code = LearnedPositionCode(width=width, length=context)
        self.embedding_norm = nn.LayerNorm(width, eps=EPSILON)
        self.layers = nn.Sequential(*(Layer(width, heads, hidden) for _ in range(layers)))
        self.transform = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.LayerNorm(width, eps=EPSILON))
        self.read_out_bias = nn.Parameter(torch.zeros(vocabulary))

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T V"], s: Float[Tensor, "B T K"] | None = None) -> Float[Tensor, "B T V"]:
        """Return the logits of the word at every position.

        Args:
            x: Words, one-hot or mixtures of these.
            s: The segment of every word, one-hot; the first for all by default.
        """
        segment = self.segment.weight[:, 0] if s is None else self.segment(s)
        h = self.embedding_norm(self.code(self.embedding(x) + segment))
        h = self.transform(self.layers(h))
        return h @ self.embedding.weight + self.read_out_bias  # [B, T, D] [D, V] -> [B, T, V]

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random mixtures of words, as many as there are position codes, all in the first segment."""
        shape = (B, len(self.code.weight), self.embedding.in_features)
        return {"x": torch.randn(shape, generator=generator)}

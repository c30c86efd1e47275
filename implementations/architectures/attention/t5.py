"""T5: an encoder and a decoder without codes of positions, whose attention adds a learned number for every distance.

Source: Raffel et al. 2020, "Exploring the limits of transfer learning with a unified text-to-text Transformer", sec.
2.1 (raffel2019exploring); what it leaves to the authors' code is as in that code.

Equations:
    every sub-layer: h + Sublayer(RMSNorm(h)), and RMSNorm after the last      the mean is not subtracted; no bias
    Attention(Q, K, V) = softmax(Q K^T + b) V        no division; b: relative position bias, the same in all layers
    FFN(h) = max(0, h W_1) W_2                       gated: (GELU(h W_g) * h W_1) W_2
    logits = W_E^T h / sqrt(D)                       W_E: word vectors of both stacks; or a read-out of its own

Shapes: B examples, T positions, S positions of the source, V words, D width.
"""

from functools import partial

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.attention_mechanism.relative_position_bias import RelativePositionBias
from implementations.concepts.normalisation.root_mean_square_normalisation import RootMeanSquareNormalisation
from kb.guards import checked_arguments, checked_inputs

EPSILON = 1e-6
"""Added to the mean squares, as in the authors' code."""


class Attention(nn.Module):
    """Multi-head attention without biases and without division by a root; heads may be of any width."""

    def __init__(self, width: int, heads: int, head_width: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value = (nn.Linear(width, heads * head_width, bias=False) for _ in range(3))
        self.output = nn.Linear(heads * head_width, width, bias=False)
        nn.init.normal_(self.query.weight, std=(width * head_width) ** -0.5)  # in place of the division

    def forward(
        self, h: Float[Tensor, "B T D"], memory: Float[Tensor, "B S D"], bias: Float[Tensor, "1 H T S"] | None = None
    ) -> Float[Tensor, "B T D"]:
        """Return the result of attention to `memory`; the bias is added to the scores."""
        q, k, v = (
            projected.unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for projected in (self.query(h), self.key(memory), self.value(memory))
        )
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=bias, scale=1.0)
        return self.output(mixed.transpose(1, 2).flatten(2))


class Perceptron(nn.Module):
    """A position-wise network without biases; gated as in version 1.1, or with a rectifier."""

    def __init__(self, width: int, hidden: int, gated: bool) -> None:
        super().__init__()
        self.widen = nn.Linear(width, hidden, bias=False)
        self.gate = nn.Linear(width, hidden, bias=False) if gated else None
        self.narrow = nn.Linear(hidden, width, bias=False)

    def forward(self, h: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return the network's output at every position."""
        if self.gate is None:
            return self.narrow(torch.relu(self.widen(h)))
        return self.narrow(F.gelu(self.gate(h), approximate="tanh") * self.widen(h))


class Block(nn.Module):
    """Attention to itself, to the source if it `crosses`, and a perceptron, each with a normalised input."""

    def __init__(self, width: int, heads: int, head_width: int, hidden: int, gated: bool, crosses: bool) -> None:
        super().__init__()
        self.self_norm = RootMeanSquareNormalisation(width=width, epsilon=EPSILON)
        self.self_attention = Attention(width, heads, head_width)
        if crosses:
            self.cross_norm = RootMeanSquareNormalisation(width=width, epsilon=EPSILON)
            self.cross_attention = Attention(width, heads, head_width)
        self.perceptron_norm = RootMeanSquareNormalisation(width=width, epsilon=EPSILON)
        self.perceptron = Perceptron(width, hidden, gated)

    def forward(
        self, h: Float[Tensor, "B T D"], bias: Float[Tensor, "1 H T T"], source: Float[Tensor, "B S D"] | None = None
    ) -> Float[Tensor, "B T D"]:
        """Return the block's output; the bias is for attention to itself."""
        normed = self.self_norm(h)
        h = h + self.self_attention(normed, normed, bias)
        if source is not None:
            h = h + self.cross_attention(self.cross_norm(h), source)
        return h + self.perceptron(self.perceptron_norm(h))


class Stack(nn.Module):
    """Blocks that share one relative position bias, and a normalisation."""

    def __init__(self, blocks: list[Block], bias: RelativePositionBias, width: int) -> None:
        super().__init__()
        self.bias, self.blocks = bias, nn.ModuleList(blocks)
        self.norm = RootMeanSquareNormalisation(width=width, epsilon=EPSILON)

    def forward(
        self, h: Float[Tensor, "B T D"], source: Float[Tensor, "B S D"] | None = None
    ) -> Float[Tensor, "B T D"]:
        """Return the features of all positions; where the bias is causal, later positions are masked."""
        mask = h.new_zeros(1, 1, h.shape[1], h.shape[1])
        if self.bias.causal:
            mask = mask.masked_fill(torch.ones_like(mask, dtype=torch.bool).triu(1), -torch.inf)
        bias = self.bias(mask)
        for block in self.blocks:
            h = block(h, bias, source)
        return self.norm(h)


class T5(nn.Module):
    """Word vectors, an encoder of the source, a decoder that attends to it, and logits of the next word.

    Args:
        vocabulary: Number V of words.
        width: Width D of the model.
        heads: Attention heads.
        head_width: Width of a head; all heads together may be wider or narrower than the model.
        layers: Blocks of each stack.
        hidden: Hidden units of the perceptrons.
        ranges: Ranges of distances that have a number of their own; divisible by 4.
        reach: Distance from which on all are in the last range.
        gated: Whether a Gaussian error linear unit gates the perceptrons, as in version 1.1.
        tied: Whether the word vectors are the read-out too; in version 1.1 it has its own.

    Raises:
        ValueError: The ranges are not divisible by 4, or the reach is too short.

    Example:
        >>> T5(vocabulary=5)(torch.zeros(2, 6, 5), torch.zeros(2, 9, 5)).shape
        torch.Size([2, 6, 5])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        vocabulary: int = 5,
        width: int = 8,
        heads: int = 2,
        head_width: int = 4,
        layers: int = 2,
        hidden: int = 12,
        ranges: int = 8,
        reach: int = 16,
        gated: bool = False,
        tied: bool = True,
    ) -> None:
        super().__init__()
        self.embedding = nn.Linear(vocabulary, width, bias=False)

        def blocks(crosses: bool) -> list[Block]:
            return [Block(width, heads, head_width, hidden, gated, crosses) for _ in range(layers)]

        bias = partial(RelativePositionBias, heads=heads, ranges=ranges, reach=reach)
        self.encoder = Stack(blocks(crosses=False), bias(causal=False), width)
        self.decoder = Stack(blocks(crosses=True), bias(causal=True), width)
        self.read_out = None if tied else nn.Linear(width, vocabulary, bias=False)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T V"], source: Float[Tensor, "B S V"]) -> Float[Tensor, "B T V"]:
        """Return the logits of the next word at every position; words are one-hot vectors, or mixtures of these."""
        h = self.decoder(self.embedding(x), self.encoder(self.embedding(source)))
        if self.read_out is not None:
            return self.read_out(h)
        return h @ self.embedding.weight / h.shape[-1] ** 0.5

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 5, S: int = 7) -> dict[str, Tensor]:
        """Return random mixtures of words; source and target differ in length."""
        shapes = {"x": (B, T), "source": (B, S)}
        words = self.embedding.in_features
        return {name: torch.randn(*shape, words, generator=generator) for name, shape in shapes.items()}

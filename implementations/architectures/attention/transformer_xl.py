"""Transformer-XL: a causal Transformer over segments of a text that also attends to its states of earlier segments.

Source: Dai et al. 2019, "Transformer-XL: attentive language models beyond a fixed-length context", sec. 3.2 and 3.3
(dai2019transformer); embedding and read-out as in the authors' code.

Equations:
    seen = [m; h_{n-1}]                          m: inputs of layer n at earlier positions, held constant
    o    = LayerNorm(h_{n-1} + RelativeAttention(h_{n-1}, seen))
    h_n  = LayerNorm(o + FFN(o))
    h_0  = sqrt(D) W_E x, logits = W_E^T h_N + b     the word vectors are the read-out too

Shapes: B examples, T positions of a segment, layers, past positions of a memory, V words, D width.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.attention_mechanism.relative_position_attention import RelativePositionAttention
from implementations.concepts.component.position_wise_feed_forward import PositionWiseFeedForward
from kb.guards import checked_arguments, checked_inputs


class States(NamedTuple):
    """The logits at every position, and the latest inputs of every layer."""

    y: Float[Tensor, "B T V"]
    memory: Float[Tensor, "B layers past D"]


class Layer(nn.Module):
    """Attention to the segment and to what came before it, and a perceptron; sums are normalised."""

    def __init__(self, width: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.attention_norm, self.feed_forward_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = RelativePositionAttention(width=width, heads=heads)
        self.feed_forward = PositionWiseFeedForward(width=width, hidden=hidden)

    def forward(self, x: Float[Tensor, "B T D"], seen: Float[Tensor, "B S D"]) -> Float[Tensor, "B T D"]:
        """Return the layer's output; `seen` ends with the segment itself."""
        x = self.attention_norm(x + self.attention(x, seen))
        return self.feed_forward_norm(x + self.feed_forward(x))


def through(layers: nn.ModuleList, x: Tensor, memory: Tensor | None, length: int) -> tuple[Tensor, Tensor]:
    """Return the output of layers that also attend to their earlier inputs, and the inputs that are kept.

    Args:
        layers: Modules of a segment and of all that is seen, which ends with the segment.
        x: The segment, `[B, T, D]`.
        memory: Inputs of every layer at earlier positions, `[B, layers, past, D]`; None at the start.
        length: How many positions are kept at most.
    """
    if memory is None:
        memory = x.new_zeros(len(x), len(layers), 0, x.shape[2])
    kept = []
    for layer, earlier in zip(layers, memory.unbind(1), strict=True):
        seen = torch.cat([earlier.detach(), x], 1)
        kept.append(seen[:, max(0, seen.shape[1] - length) :])
        x = layer(x, seen)
    return x, torch.stack(kept, 1).detach()


class TransformerXL(nn.Module):
    """Word vectors, layers that also attend to their inputs from earlier segments, and logits by the same vectors.

    Args:
        vocabulary: Number V of words.
        width: Width D.
        heads: Attention heads; must divide the width.
        layers: Number of layers.
        hidden: Hidden units of the perceptrons.
        memory: Number M of earlier positions that every layer keeps (fewer if the past is shorter); 0 for no memory.

    Raises:
        ValueError: The heads do not divide the width.

    Example:
        >>> TransformerXL(vocabulary=5, memory=4)(torch.zeros(2, 7, 5)).memory.shape
        torch.Size([2, 2, 4, 6])
    """

    @checked_arguments(memory=0)
    def __init__(
        self,
        *,
        vocabulary: int = 5,
        width: int = 6,
        heads: int = 2,
        layers: int = 2,
        hidden: int = 8,
        memory: int = 3,
    ) -> None:
        super().__init__()
        self.memory_length, self.width = memory, width
        self.embedding = nn.Linear(vocabulary, width, bias=False)
        self.layers = nn.ModuleList(Layer(width, heads, hidden) for _ in range(layers))
        self.bias = nn.Parameter(torch.zeros(vocabulary))

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T V"], memory: Float[Tensor, "B layers past D"] | None = None) -> States:
        """Run over a segment, with the layers' memories of earlier ones if given; return logits and new memories.

        Words are one-hot vectors, or mixtures of these.
        """
        h, memory = through(self.layers, self.width**0.5 * self.embedding(x), memory, self.memory_length)
        return States(h @ self.embedding.weight + self.bias, memory)  # [B, T, D] [D, V] -> [B, T, V]

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 4) -> dict[str, Tensor]:
        """Return random mixtures of words, and memories of earlier segments."""
        shape = (B, len(self.layers), self.memory_length, self.width)
        return {
            "x": torch.randn(B, T, self.embedding.in_features, generator=generator),
            "memory": torch.randn(shape, generator=generator),
        }

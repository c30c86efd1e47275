"""Gated Transformer-XL: gates in place of residual sums, normalised inputs, and a memory of earlier segments.

Source: Parisotto et al. 2020, "Stabilizing Transformers for reinforcement learning" (parisotto2020stabilizing); Dai et
al. 2019 (dai2019transformer) for the memory and the attention.

Equations:
    seen = [memory_l; x]                                   memory: inputs of layer l at earlier steps, held constant
    y = g(x, ReLU(Attention(LayerNorm(seen))))             g: GRU-type gate
    x' = g(y, ReLU(FFN(LayerNorm(y))))

Shapes: B examples, T positions of a segment, layers, past positions of a memory, D width.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.architectures.attention.transformer_xl import through
from implementations.concepts.attention_mechanism.relative_position_attention import RelativePositionAttention
from implementations.concepts.component.position_wise_feed_forward import PositionWiseFeedForward
from implementations.concepts.gating_mechanism.gru_type_gate import GRUTypeGate
from kb.guards import checked_arguments, checked_inputs


class States(NamedTuple):
    """The output at every position, and the latest inputs of every layer."""

    y: Float[Tensor, "B T G"]
    memory: Float[Tensor, "B layers past D"]


class GatedLayer(nn.Module):
    """Attention and perceptron, each with a normalised input, a rectified output and a gate."""

    def __init__(self, width: int, heads: int, hidden: int, bias: float) -> None:
        super().__init__()
        self.attention_norm, self.feed_forward_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = RelativePositionAttention(width=width, heads=heads)
        self.attention_gate = GRUTypeGate(width=width, bias=bias)
        self.feed_forward = PositionWiseFeedForward(width=width, hidden=hidden)
        self.feed_forward_gate = GRUTypeGate(width=width, bias=bias)

    def forward(self, x: Float[Tensor, "B T D"], seen: Float[Tensor, "B S D"]) -> Float[Tensor, "B T D"]:
        """Return the layer's output; `seen` ends with the segment itself."""
        normed = self.attention_norm(seen)
        x = self.attention_gate(x, torch.relu(self.attention(normed[:, -x.shape[1] :], normed)))
        return self.feed_forward_gate(x, torch.relu(self.feed_forward(self.feed_forward_norm(x))))


class GatedTransformerXL(nn.Module):
    """Embedding, layers that also attend to their inputs from earlier segments, linear read-out.

    Args:
        in_features: Number F of input features.
        width: Width D.
        heads: Attention heads; must divide the width.
        layers: Number of layers.
        hidden: Hidden units of the perceptrons.
        out_features: Number G of outputs at every position.
        memory: Number M of earlier positions that every layer keeps (fewer if the past is shorter); 0 for no memory.
        bias: How far gates are closed at the start.

    Raises:
        ValueError: The heads do not divide the width.

    Example:
        >>> GatedTransformerXL(memory=4)(torch.zeros(2, 5, 3)).memory.shape
        torch.Size([2, 2, 4, 6])
    """

    @checked_arguments(memory=0)
    def __init__(
        self,
        *,
        in_features: int = 3,
        width: int = 6,
        heads: int = 2,
        layers: int = 2,
        hidden: int = 8,
        out_features: int = 3,
        memory: int = 3,
        bias: float = 2.0,
    ) -> None:
        super().__init__()
        self.memory_length, self.width = memory, width
        self.embed = nn.Linear(in_features, width)
        self.layers = nn.ModuleList(GatedLayer(width, heads, hidden, bias) for _ in range(layers))
        self.read_out = nn.Linear(width, out_features)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T F"], memory: Float[Tensor, "B layers past D"] | None = None) -> States:
        """Run over a segment, with the layers' memories of earlier ones if given; return outputs and new memories."""
        x, memory = through(self.layers, self.embed(x), memory, self.memory_length)
        return States(self.read_out(x), memory)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 4) -> dict[str, Tensor]:
        """Return a random segment, and memories of earlier ones."""
        shape = (B, len(self.layers), self.memory_length, self.width)
        return {
            "x": torch.randn(B, T, self.embed.in_features, generator=generator),
            "memory": torch.randn(shape, generator=generator),
        }

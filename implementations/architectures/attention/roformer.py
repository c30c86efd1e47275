"""RoFormer: a Transformer whose queries and keys are rotated by their positions, so that scores depend on distances.

Source: Su et al. 2021, "RoFormer: enhanced Transformer with rotary position embedding" (su2021roformer).

Equations:
    q_m = R_m W_q x_m,   k_n = R_n W_k x_n                             eq. 14, R_m of eq. 15
    q_m^T k_n = x_m^T W_q^T R_{n-m} W_k x_n                            eq. 16: positions enter by their difference
    every sub-layer: LayerNorm(x + Sublayer(x)), as in the Transformer

Shapes: B examples, T positions, F input features, D width, G outputs.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.attention_mechanism.rotary_position_code import RotaryPositionCode
from kb.guards import checked_arguments, checked_inputs

EPSILON = 1e-12
"""Added to the variances, as in the code of BERT, which has the same layers but for the rotation."""


class RotaryAttention(nn.Module):
    """Multi-head attention of a sequence to itself, with rotated queries and keys; values are not rotated."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.output = (nn.Linear(width, width) for _ in range(4))
        self.code = RotaryPositionCode(width=width // heads)

    def forward(self, x: Float[Tensor, "B T D"], causal: bool) -> Float[Tensor, "B T D"]:
        """Return the result of attention at every position."""
        q, k, v = (
            projected.unflatten(-1, (self.heads, -1)).transpose(1, 2)  # [B, heads, T, D / heads]
            for projected in (self.query(x), self.key(x), self.value(x))
        )
        mixed = F.scaled_dot_product_attention(self.code(q), self.code(k), v, is_causal=causal)
        return self.output(mixed.transpose(1, 2).flatten(2))  # [B, T, D]


class Layer(nn.Module):
    """Attention and a perceptron, each followed by a sum with its input and a normalisation."""

    def __init__(self, width: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.attention = RotaryAttention(width, heads)
        self.attention_norm = nn.LayerNorm(width, eps=EPSILON)
        self.perceptron = nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, width))
        self.perceptron_norm = nn.LayerNorm(width, eps=EPSILON)

    def forward(self, x: Float[Tensor, "B T D"], causal: bool) -> Float[Tensor, "B T D"]:
        """Return the layer's output."""
        x = self.attention_norm(x + self.attention(x, causal))
        return self.perceptron_norm(x + self.perceptron(x))


class RoFormer(nn.Module):
    """A linear embedding, a normalisation, layers of rotary attention, and a linear read-out.

    Args:
        in_features: Number F of input features.
        width: Width D of the model.
        heads: Attention heads; must divide the width into even numbers.
        layers: Number of layers.
        hidden: Hidden units of the perceptrons.
        out_features: Number G of outputs at every position.
        causal: Whether every position sees those before it only.

    Raises:
        ValueError: The heads do not divide the width, or their widths are odd.

    Example:
        >>> RoFormer(in_features=3, out_features=2)(torch.zeros(4, 10, 3)).shape
        torch.Size([4, 10, 2])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_features: int = 3,
        width: int = 8,
        heads: int = 2,
        layers: int = 2,
        hidden: int = 12,
        out_features: int = 2,
        causal: bool = False,
    ) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"width ({width}) must be divisible by heads ({heads})")
        self.in_features, self.causal = in_features, causal
        self.embedding = nn.Linear(in_features, width)
        self.embedding_norm = nn.LayerNorm(width, eps=EPSILON)
        self.layers = nn.ModuleList(Layer(width, heads, hidden) for _ in range(layers))
        self.read_out = nn.Linear(width, out_features)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T F"]) -> Float[Tensor, "B T G"]:
        """Return one output for every position."""
        x = self.embedding_norm(self.embedding(x))
        for layer in self.layers:
            x = layer(x, self.causal)
        return self.read_out(x)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 6) -> dict[str, Tensor]:
        """Return random sequences."""
        return {"x": torch.randn(B, T, self.in_features, generator=generator)}

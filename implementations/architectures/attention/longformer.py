"""Longformer: attention within a sliding window, and a few global positions that see all and are seen by all.

Source: Beltagy, Peters & Cohan 2020, "Longformer: the long-document Transformer", sec. 3.1 (beltagy2020longformer).

Equations:
    y_t = sum over s of softmax_s(q_t . k_s / sqrt(d)) v_s      |s - t| <= r, or s global; one softmax over both
    y_t = sum over s of softmax_s(q'_t . k'_s / sqrt(d)) v'_s   for a global t, over all s, by projections of its own
    every sub-layer: LayerNorm(x + Sublayer(x)), as in the Transformer

Shapes: B examples, T positions, F input features, D width, G outputs, g global positions, W = 2 r + 1.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.attention_mechanism.sliding_window_attention import seen, windows
from kb.guards import checked_arguments, checked_inputs


class LongformerAttention(nn.Module):
    """Multi-head attention in which the first positions are global, and the others see a window and these."""

    def __init__(self, width: int, heads: int, reach: int, global_tokens: int) -> None:
        super().__init__()
        self.heads, self.reach, self.global_tokens = heads, reach, global_tokens
        self.query, self.key, self.value, self.output = (nn.Linear(width, width) for _ in range(4))
        if global_tokens:  # they start with the same values as the others
            self.global_query, self.global_key, self.global_value = (nn.Linear(width, width) for _ in range(3))
            for name in ("query", "key", "value"):
                getattr(self, f"global_{name}").load_state_dict(getattr(self, name).state_dict())

    def forward(self, x: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return the result of attention at every position."""
        mixed = self.local(self.split(self.query(x)), self.split(self.key(x)), self.split(self.value(x)))
        if self.global_tokens:
            first = self.split(self.global_query(x[:, : self.global_tokens]))
            k, v = self.split(self.global_key(x)), self.split(self.global_value(x))
            everywhere = F.scaled_dot_product_attention(first, k, v)
            mixed = torch.cat([everywhere, mixed[:, :, self.global_tokens :]], 2)
        return self.output(mixed.transpose(1, 2).flatten(2))  # [B, T, D]

    def split(self, x: Float[Tensor, "B T D"]) -> Float[Tensor, "B heads T d"]:
        """Return the features of every head."""
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def local(self, q: Tensor, k: Tensor, v: Tensor) -> Float[Tensor, "B heads T d"]:
        """Return the mixtures over a window and the global positions, each of which counts once."""
        near = torch.einsum("...d,...dw->...w", q, windows(k, self.reach))
        outside = ~seen(q.shape[2], self.reach, self.global_tokens).to(q.device)
        far = q @ k[:, :, : self.global_tokens].mT  # [B, heads, T, g]
        scores = torch.cat([far, near.masked_fill(outside, -torch.inf)], -1) / q.shape[-1] ** 0.5
        to_far, to_near = scores.softmax(-1).split([far.shape[-1], near.shape[-1]], -1)
        mixed = torch.einsum("...w,...dw->...d", to_near, windows(v, self.reach))
        return mixed + to_far @ v[:, :, : self.global_tokens]


class Layer(nn.Module):
    """Attention and a perceptron, each followed by a sum with its input and a normalisation."""

    def __init__(self, width: int, heads: int, hidden: int, reach: int, global_tokens: int) -> None:
        super().__init__()
        self.attention = LongformerAttention(width, heads, reach, global_tokens)
        self.attention_norm = nn.LayerNorm(width)
        self.perceptron = nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, width))
        self.perceptron_norm = nn.LayerNorm(width)

    def forward(self, x: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return the layer's output."""
        x = self.attention_norm(x + self.attention(x))
        return self.perceptron_norm(x + self.perceptron(x))


class Longformer(nn.Module):
    """A linear embedding, a normalisation, layers of windowed attention, and a linear read-out.

    Args:
        in_features: Number F of input features.
        width: Width D of the model.
        heads: Attention heads; must divide the width.
        layers: Number of layers.
        hidden: Hidden units of the perceptrons.
        out_features: Number G of outputs at every position.
        reach: Number r of positions that are seen to either side.
        global_tokens: Number of global positions, the first ones; 0 for windows alone.

    Raises:
        ValueError: The heads do not divide the width.

    Example:
        >>> Longformer(in_features=3, out_features=2)(torch.zeros(4, 10, 3)).shape
        torch.Size([4, 10, 2])
    """

    @checked_arguments(reach=0, global_tokens=0)
    def __init__(
        self,
        *,
        in_features: int = 3,
        width: int = 8,
        heads: int = 2,
        layers: int = 2,
        hidden: int = 12,
        out_features: int = 2,
        reach: int = 2,
        global_tokens: int = 1,
    ) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"width ({width}) must be divisible by heads ({heads})")
        self.in_features = in_features
        self.embedding = nn.Linear(in_features, width)
        self.embedding_norm = nn.LayerNorm(width)
        self.layers = nn.Sequential(*(Layer(width, heads, hidden, reach, global_tokens) for _ in range(layers)))
        self.read_out = nn.Linear(width, out_features)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T F"]) -> Float[Tensor, "B T G"]:
        """Return one output for every position."""
        return self.read_out(self.layers(self.embedding_norm(self.embedding(x))))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 8) -> dict[str, Tensor]:
        """Return random sequences, longer than a window."""
        return {"x": torch.randn(B, T, self.in_features, generator=generator)}

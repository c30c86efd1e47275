"""Transformer: layers of multi-head attention and position-wise networks, each with a residual connection.

Source: Vaswani et al. 2017, "Attention is all you need", sec. 3, eq. 1 and 2 (vaswani2017attention).

Equations:
    Attention(Q, K, V) = softmax(Q K^T / sqrt(d_k)) V                 eq. 1
    MultiHead(Q, K, V) = Concat(head_1 .. head_h) W_O                 sec. 3.2.2
    FFN(x) = max(0, x W_1 + b_1) W_2 + b_2                            eq. 2
    every sub-layer: LayerNorm(x + Sublayer(x))                       sec. 3.1
    PE(pos, 2i) = sin(pos / 10000^(2i / d)), PE(pos, 2i + 1) = cos(same)   sec. 3.5

Shapes: B examples, T positions, S positions of the source, D width of the model.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.component.multi_head_attention import MultiHeadAttention
from implementations.concepts.component.position_wise_feed_forward import PositionWiseFeedForward
from implementations.concepts.component.sinusoidal_position_code import SinusoidalPositionCode
from kb.guards import checked_arguments, checked_inputs

FORMS = ("encoder", "decoder", "encoder-decoder")


class Layer(nn.Module):
    """Self-attention, attention to the source where there is one, and a position-wise network."""

    def __init__(self, width: int, heads: int, hidden: int, crosses: bool) -> None:
        super().__init__()
        self.self_attention = MultiHeadAttention(width=width, heads=heads)
        self.self_norm = nn.LayerNorm(width)
        self.cross_attention = MultiHeadAttention(width=width, heads=heads) if crosses else None
        self.cross_norm = nn.LayerNorm(width) if crosses else None
        self.feed_forward = PositionWiseFeedForward(width=width, hidden=hidden)
        self.feed_forward_norm = nn.LayerNorm(width)

    def forward(self, x: Tensor, source: Tensor | None, causal: bool) -> Tensor:
        """Return the layer's output, `[B, T, D]` as its input."""
        x = self.self_norm(x + self.self_attention(x, x, causal=causal))
        if self.cross_attention is not None and self.cross_norm is not None and source is not None:
            x = self.cross_norm(x + self.cross_attention(x, source))
        return self.feed_forward_norm(x + self.feed_forward(x))


class Transformer(nn.Module):
    """Encoder, decoder, or both, over sequences of vectors.

    Args:
        form: `encoder` (every position sees every other), `decoder` (every position sees those before it), or
            `encoder-decoder`, a decoder that also attends to an encoded source.
        width: Width D of the model.
        heads: Attention heads; must divide the width.
        layers: Layers of each stack.
        hidden: Width of the position-wise networks.
        positions: Whether to add sinusoidal position codes; without them the encoder treats its input as a set.

    Raises:
        ValueError: The form is unknown, the heads do not divide the width, or the source is missing.

    Example:
        >>> Transformer(width=8, heads=2)(torch.zeros(3, 5, 8)).shape
        torch.Size([3, 5, 8])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        form: str = "encoder",
        width: int = 8,
        heads: int = 2,
        layers: int = 2,
        hidden: int = 16,
        positions: bool = False,
    ) -> None:
        super().__init__()
        if form not in FORMS:
            raise ValueError(f"form ({form!r}) must be one of {', '.join(FORMS)}")
        self.form, self.width = form, width
        self.code = SinusoidalPositionCode(width=width) if positions else nn.Identity()
        crosses = form == "encoder-decoder"
        self.encoder = nn.ModuleList(
            Layer(width, heads, hidden, crosses=False) for _ in range(layers if form != "decoder" else 0)
        )
        self.decoder = nn.ModuleList(
            Layer(width, heads, hidden, crosses) for _ in range(layers if form != "encoder" else 0)
        )

    @checked_inputs()
    def forward(
        self, x: Float[Tensor, "B T D"], source: Float[Tensor, "B S D"] | None = None
    ) -> Float[Tensor, "B T D"]:
        """Return one vector for every position of `x`; `source` is what an encoder-decoder translates from."""
        if (source is None) == (self.form == "encoder-decoder"):
            raise ValueError(f"a source is for the form encoder-decoder, and needed there; this is {self.form!r}")
        encoded = self.code(x if source is None else source)
        for layer in self.encoder:
            encoded = layer(encoded, None, causal=False)
        if self.form == "encoder":
            return encoded
        x = self.code(x)
        for layer in self.decoder:
            x = layer(x, encoded if self.encoder else None, causal=True)
        return x

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 5, S: int = 7) -> dict[str, Tensor]:
        """Return random vectors; source and target differ in length."""
        inputs = {"x": torch.randn(B, T, self.width, generator=generator)}
        if self.form == "encoder-decoder":
            inputs["source"] = torch.randn(B, S, self.width, generator=generator)
        return inputs

"""Whisper: a Transformer whose encoder reads a spectrogram behind two convolutions, and whose decoder writes its text.

Source: Radford et al. 2023, "Robust speech recognition via large-scale weak supervision", sec. 2.2
(radford2022robust); what it leaves to the authors' code is as in that code.

Equations:
    stem:    z_0 = gelu(K_2 * gelu(K_1 * s)) + code          *: convolutions of width 3, the second with a stride of two
    encoder: h + Attention(LN(h)), then h + MLP(LN(h)); LN after the last block
    decoder: h + CausalAttention(LN(h)), h + Attention(LN(h), encoded), h + MLP(LN(h)); LN after the last block
    logits = W_E^T h_L                                         W_E: word vectors, also of the words that came before

Shapes: B examples, L frames of the spectrogram, C mel channels, T positions of the text, V words, D width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.attention_mechanism.learned_position_code import LearnedPositionCode
from implementations.concepts.component.multi_head_attention import MultiHeadAttention
from implementations.concepts.component.sinusoidal_position_code import SinusoidalPositionCode
from kb.guards import checked_arguments, checked_inputs


def attention(width: int, heads: int) -> MultiHeadAttention:
    """Return attention whose keys have no bias: it would add the same to all scores of a query."""
    module = MultiHeadAttention(width=width, heads=heads)
    module.key = nn.Linear(width, width, bias=False)
    return module


class Stem(nn.Module):
    """Two convolutions along time, of which the second halves the number of frames."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.first = nn.Conv1d(channels, width, 3, padding=1)
        self.second = nn.Conv1d(width, width, 3, stride=2, padding=1)

    def forward(self, frames: Float[Tensor, "B L C"]) -> Float[Tensor, "B S D"]:
        """Return a vector for every two frames."""
        return F.gelu(self.second(F.gelu(self.first(frames.mT)))).mT


class Block(nn.Module):
    """Attention to itself, to the sound if it `crosses`, and a perceptron, each with a normalised input."""

    def __init__(self, width: int, heads: int, hidden: int, crosses: bool) -> None:
        super().__init__()
        self.self_norm = nn.LayerNorm(width)
        self.self_attention = attention(width, heads)
        if crosses:
            self.cross_norm = nn.LayerNorm(width)
            self.cross_attention = attention(width, heads)
        self.perceptron_norm = nn.LayerNorm(width)
        self.perceptron = nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, width))

    def forward(self, h: Float[Tensor, "B T D"], sound: Float[Tensor, "B S D"] | None = None) -> Float[Tensor, "B T D"]:
        """Return the block's output; with an encoded sound, it is a block of the decoder."""
        normed = self.self_norm(h)
        h = h + self.self_attention(normed, normed, causal=sound is not None)
        if sound is not None:
            h = h + self.cross_attention(self.cross_norm(h), sound)
        return h + self.perceptron(self.perceptron_norm(h))


class Encoder(nn.Module):
    """Stem, position codes, blocks and a normalisation."""

    def __init__(self, channels: int, width: int, heads: int, layers: int, hidden: int) -> None:
        super().__init__()
        self.stem = Stem(channels, width)
        self.code = SinusoidalPositionCode(width=width)
        self.blocks = nn.Sequential(*(Block(width, heads, hidden, crosses=False) for _ in range(layers)))
        self.norm = nn.LayerNorm(width)

    def forward(self, frames: Float[Tensor, "B L C"]) -> Float[Tensor, "B S D"]:
        """Return the encoded sound."""
        return self.norm(self.blocks(self.code(self.stem(frames))))


class Whisper(nn.Module):
    """An encoder of the sound, word vectors, a decoder that attends to the sound, and logits of the next word.

    Args:
        vocabulary: Number V of words, among them those that name languages, tasks and times.
        channels: Number C of mel channels.
        context: Number of position codes of the text, the longest that is written.
        width: Width D of the model.
        heads: Attention heads; must divide the width.
        layers: Blocks of each half.
        hidden: Hidden units of the perceptrons.

    Raises:
        ValueError: The width is odd, the heads do not divide it, or a text is longer than the context.

    Example:
        >>> Whisper(vocabulary=5, channels=3)(torch.zeros(2, 6, 5), torch.zeros(2, 16, 3)).shape
        torch.Size([2, 6, 5])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        vocabulary: int = 5,
        channels: int = 3,
        context: int = 6,
        width: int = 8,
        heads: int = 2,
        layers: int = 2,
        hidden: int = 12,
    ) -> None:
        super().__init__()
        self.channels = channels
        self.encoder = Encoder(channels, width, heads, layers, hidden)
        self.embedding = nn.Linear(vocabulary, width, bias=False)
        self.code = LearnedPositionCode(width=width, length=context)
        self.blocks = nn.ModuleList(Block(width, heads, hidden, crosses=True) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T V"], source: Float[Tensor, "B L C"]) -> Float[Tensor, "B T V"]:
        """Return the logits of the next word at every position; words are one-hot vectors, or mixtures of these.

        Args:
            x: The text so far.
            source: The spectrogram, on a logarithmic scale.
        """
        sound = self.encoder(source)
        h = self.code(self.embedding(x))
        for block in self.blocks:
            h = block(h, sound)
        return self.norm(h) @ self.embedding.weight  # [B, T, D] [D, V] -> [B, T, V]

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, L: int = 8) -> dict[str, Tensor]:
        """Return random mixtures of words, as many as there are position codes, and a random spectrogram."""
        shapes = {"x": (len(self.code.weight), self.embedding.in_features), "source": (L, self.channels)}
        return {name: torch.randn(B, *shape, generator=generator) for name, shape in shapes.items()}

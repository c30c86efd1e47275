"""Encoder-decoder with attention: for every word that it writes, the decoder attends to all words of the source.

Source: Bahdanau, Cho & Bengio 2015, "Neural machine translation by jointly learning to align and translate"
(bahdanau2014neural), with sec. A.1 and A.2 for the architecture.

Equations:
    h_j = [forward GRU at j; backward GRU at j]           annotations of the source
    e_ij = v . tanh(W s_{i-1} + U h_j),  c_i = sum over j of softmax(e_i)_j h_j
    s_i = GRU([E y_{i-1}; c_i], s_{i-1}),  s_0 = tanh(W_s (backward GRU at 1))
    t_i = maxima of pairs of  U_o s_i + V_o E y_{i-1} + C_o c_i,   p(y_i) = softmax(W_o t_i)

Shapes: B examples, S symbols of the source with F features, T symbols of the target with V features.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.attention_mechanism.additive_attention import AdditiveAttention
from implementations.concepts.gating_mechanism.gru_cell import GRUCell
from kb.guards import checked_arguments, checked_inputs


class Decoded(NamedTuple):
    """Logits of the next symbols, and the last state of the decoder."""

    y: Float[Tensor, "B T V"]
    h: Float[Tensor, "B U"]


class AttentionEncoderDecoder(nn.Module):
    """A bidirectional encoder, a decoder that attends to it, and an output layer of maxima.

    Args:
        source_features: Number F of features of a symbol of the source, its vocabulary if symbols are one-hot.
        target_features: Number V of features of a symbol of the target, and of outputs.
        embedding: Features after the embeddings.
        units: Units of each direction of the encoder, and of the decoder.
        alignment: Hidden units of the attention.
        maxima: Pairs of which the output layer takes the larger.

    Example:
        >>> AttentionEncoderDecoder()(torch.zeros(2, 5, 4), torch.zeros(2, 7, 3)).shape
        torch.Size([2, 5, 4])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        source_features: int = 3,
        target_features: int = 4,
        embedding: int = 4,
        units: int = 5,
        alignment: int = 5,
        maxima: int = 4,
    ) -> None:
        super().__init__()
        self.embed_source = nn.Linear(source_features, embedding, bias=False)
        self.embed_target = nn.Linear(target_features, embedding, bias=False)
        self.forward_gru = GRUCell(in_features=embedding, units=units)
        self.backward_gru = GRUCell(in_features=embedding, units=units)
        self.start = nn.Linear(units, units)
        self.attention = AdditiveAttention(query_features=units, key_features=2 * units, units=alignment)
        self.decoder = GRUCell(in_features=embedding + 2 * units, units=units)
        self.deep = nn.Linear(units + embedding + 2 * units, 2 * maxima)
        self.read_out = nn.Linear(maxima, target_features)
        self.units = units

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T V"], source: Float[Tensor, "B S F"]) -> Float[Tensor, "B T V"]:
        """Return logits of the next symbol after each of the target, which starts with a start symbol."""
        annotations = self.annotate(source)
        return self.decode(x, annotations, torch.tanh(self.start(annotations[:, 0, self.units :]))).y

    def decode(
        self, x: Float[Tensor, "B T V"], annotations: Float[Tensor, "B S A"], h: Float[Tensor, "B U"] | None = None
    ) -> Decoded:
        """Return logits of the next symbols and the last state of the decoder, which starts from `h` or from zero."""
        state = x.new_zeros(len(x), self.units) if h is None else h
        logits = []
        for word in self.embed_target(x).unbind(1):
            context = self.attention(state[:, None], annotations, annotations)[:, 0]
            state = self.decoder(torch.cat([word, context], 1), state)
            pairs = self.deep(torch.cat([state, word, context], 1)).unflatten(1, (-1, 2))
            logits.append(self.read_out(pairs.amax(2)))
        return Decoded(torch.stack(logits, 1), state)

    def annotate(self, source: Float[Tensor, "B S F"]) -> Float[Tensor, "B S A"]:
        """Return the states of both readings, forwards and backwards, at every symbol of the source."""
        words = self.embed_source(source)
        directions = []
        for cell, order in ((self.forward_gru, words), (self.backward_gru, words.flip(1))):
            state, states = words.new_zeros(len(words), self.units), []
            for word in order.unbind(1):
                state = cell(word, state)
                states.append(state)
            directions.append(torch.stack(states, 1))
        ahead, back = directions
        return torch.cat([ahead, back.flip(1)], 2)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 4, S: int = 5) -> dict[str, Tensor]:
        """Return random vectors; source and target differ in length."""
        return {
            "x": torch.randn(B, T, self.embed_target.in_features, generator=generator),
            "source": torch.randn(B, S, self.embed_source.in_features, generator=generator),
        }

    def decode_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 4, S: int = 5) -> dict[str, Tensor]:
        """Return random words, annotations and a state to start from, for the decoder alone."""
        return {
            "x": torch.randn(B, T, self.embed_target.in_features, generator=generator),
            "annotations": torch.randn(B, S, 2 * self.units, generator=generator),
            "h": torch.randn(B, self.units, generator=generator).tanh(),
        }

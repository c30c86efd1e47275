"""Sequence to sequence: one stack of LSTMs reads a sequence into its last state, another writes from there.

Source: Sutskever, Vinyals & Le 2014, "Sequence to sequence learning with neural networks" (sutskever2014sequence).

Equations:
    v = state of all layers of the encoder after the last symbol of the reversed source
    p(y_t | v, y_1 .. y_{t-1}) = softmax(W h_t + b),   h_t: top layer of the decoder, which starts from v

Shapes: B examples, S symbols of the source with F features, T symbols of the target with V features, N layers of U
units.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.gating_mechanism.lstm_cell import LSTMCell
from kb.guards import checked_arguments, checked_inputs


class States(NamedTuple):
    """Outputs of the top layer, and the last states of all layers."""

    y: Float[Tensor, "B T U"]
    h: Float[Tensor, "B N U"]
    c: Float[Tensor, "B N U"]


class Stack(nn.Module):
    """LSTM layers, each of which reads the outputs of the one below."""

    def __init__(self, in_features: int, units: int, layers: int) -> None:
        super().__init__()
        inputs = [in_features, *[units] * (layers - 1)]
        self.layers = nn.ModuleList(LSTMCell(in_features=size, units=units) for size in inputs)
        self.units = units
        for layer in self.layers:
            nn.init.ones_(layer.input.bias.data[units : 2 * units])  # the forget gates

    def forward(
        self,
        x: Float[Tensor, "B T F"],
        h: Float[Tensor, "B N U"] | None = None,
        c: Float[Tensor, "B N U"] | None = None,
    ) -> States:
        """Run over a sequence, from given states of all layers or from zero."""
        zeros = x.new_zeros(len(x), len(self.layers), self.units)
        start = zip((zeros if h is None else h).unbind(1), (zeros if c is None else c).unbind(1), strict=True)
        last = []
        for layer, (hidden, cell) in zip(self.layers, start, strict=True):
            x, state = layer.run(x, hidden, cell)
            last.append(state)
        hidden, cells = zip(*last, strict=True)
        return States(x, torch.stack(hidden, 1), torch.stack(cells, 1))


class SequenceToSequence(nn.Module):
    """Encoder and decoder with nothing between them but the encoder's last states.

    Args:
        source_features: Number F of features of a symbol of the source, its vocabulary if symbols are one-hot.
        target_features: Number V of features of a symbol of the target, and of outputs.
        embedding: Features after the embedding.
        units: Units of every layer.
        layers: Layers of the encoder, and of the decoder.
        reverse: Whether the source is read backwards, which brings its first symbols close to those of the target.

    Example:
        >>> SequenceToSequence()(torch.zeros(2, 5, 4), torch.zeros(2, 7, 3)).shape
        torch.Size([2, 5, 4])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        source_features: int = 3,
        target_features: int = 4,
        embedding: int = 5,
        units: int = 5,
        layers: int = 2,
        reverse: bool = True,
    ) -> None:
        super().__init__()
        self.reverse = reverse
        self.embed_source = nn.Linear(source_features, embedding, bias=False)
        self.embed_target = nn.Linear(target_features, embedding, bias=False)
        self.encoder = Stack(embedding, units, layers)
        self.decoder = Stack(embedding, units, layers)
        self.read_out = nn.Linear(units, target_features)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T V"], source: Float[Tensor, "B S F"]) -> Float[Tensor, "B T V"]:
        """Return logits of the next symbol after each of the target, which starts with a start symbol."""
        read = source.flip(1) if self.reverse else source
        zeros = x.new_zeros(len(x), len(self.encoder.layers), self.encoder.units)
        _, h, c = self.encoder(self.embed_source(read), zeros, zeros)
        return self.read_out(self.decoder(self.embed_target(x), h, c).y)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 4, S: int = 5) -> dict[str, Tensor]:
        """Return random vectors; source and target differ in length."""
        return {
            "x": torch.randn(B, T, self.embed_target.in_features, generator=generator),
            "source": torch.randn(B, S, self.embed_source.in_features, generator=generator),
        }

    def encoder_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 5) -> dict[str, Tensor]:
        """Return random embedded symbols and states to start from, for the encoder alone."""
        states = (B, len(self.encoder.layers), self.encoder.units)
        return {
            "x": torch.randn(B, T, self.embed_source.out_features, generator=generator),
            "h": torch.randn(states, generator=generator).tanh(),
            "c": torch.randn(states, generator=generator),
        }

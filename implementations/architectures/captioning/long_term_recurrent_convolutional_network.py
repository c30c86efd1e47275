"""Long-term recurrent convolutional network: LSTMs on a convolutional network, one for words, one that sees the image.

Source: Donahue, Hendricks, Guadarrama, Rohrbach, Venugopalan, Saenko & Darrell 2015, "Long-term recurrent convolutional
networks for visual recognition and description" (donahue2015long), image description; the layers where the image comes
in after the authors' examples/coco_caption/lrcn.prototxt in Caffe.

Equations:
    factored:     h1(t) = LSTM_1(W_e x(t)),             h2(t) = LSTM_2([h1(t), CNN(I)])
    unfactored:   h1(t) = LSTM_1([W_e x(t), CNN(I)]),   h2(t) = LSTM_2(h1(t))
    one layer:    h1(t) = LSTM_1([W_e x(t), CNN(I)])
    y(t) = softmax(W h(t) + b) of the last layer

Shapes: B examples, C channels, H = W pixels, T words, V words of the vocabulary, U units of all layers.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.gating_mechanism.lstm_cell import LSTMCell
from kb.guards import checked_arguments, checked_inputs


class Caption(NamedTuple):
    """The logits of every next word, and the states of all layers after the last."""

    y: Float[Tensor, "B T V"]
    h: Float[Tensor, "B U"]
    c: Float[Tensor, "B U"]


class LongTermRecurrentConvolutionalNetwork(nn.Module):
    """A stack of LSTMs, one of which gets the image at every word.

    Args:
        vocabulary: Number V of words.
        units: Number of units of each LSTM, and of features of an embedded image or word.
        layers: Number of LSTMs, 1 or 2.
        factored: Whether the second LSTM sees the image instead of the first.
        channels: Number C of channels of the image.
        side: Height H and width W of the image.
        filters: Filters of the first convolution; the second has twice as many.

    Raises:
        ValueError: There are not one or two layers, or one layer is to be factored.

    Example:
        >>> LongTermRecurrentConvolutionalNetwork()(torch.zeros(2, 3, 4, 4), torch.zeros(2, 5, 6)).y.shape
        torch.Size([2, 5, 6])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        vocabulary: int = 6,
        units: int = 4,
        layers: int = 2,
        factored: bool = True,
        channels: int = 3,
        side: int = 4,
        filters: int = 4,
    ) -> None:
        super().__init__()
        if layers not in (1, 2) or layers <= factored:
            raise ValueError(f"layers ({layers}) must be 1 or 2, and 2 where they are factored ({factored})")
        self.shape = channels, side, side
        self.cnn = nn.Sequential(
            nn.Conv2d(channels, filters, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(filters, 2 * filters, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * filters * (-(-side // 4)) ** 2, units),
        )
        self.embed = nn.Linear(vocabulary, units, bias=False)
        self.image_layer = int(factored)  # the number of the LSTM that gets the image
        self.layers = nn.ModuleList(
            LSTMCell(in_features=2 * units if number == self.image_layer else units, units=units)
            for number in range(layers)
        )
        self.read_out = nn.Linear(units, vocabulary)

    @checked_inputs()
    def forward(
        self,
        image: Float[Tensor, "B C H W"],
        words: Float[Tensor, "B T V"],
        h: Float[Tensor, "B U"] | None = None,
        c: Float[Tensor, "B U"] | None = None,
    ) -> Caption:
        """Return the logits of the word after each word, from given states or from zero."""
        seen, count = self.cnn(image), len(self.layers)
        start = seen.new_zeros(len(seen), count * seen.shape[1])
        hs, cs = (list((start if state is None else state).chunk(count, 1)) for state in (h, c))
        x = self.embed(words)
        for number, layer in enumerate(self.layers):
            if number == self.image_layer:
                x = torch.cat([x, seen[:, None].expand(-1, x.shape[1], -1)], 2)
            x, (hs[number], cs[number]) = layer.run(x, hs[number], cs[number])
        return Caption(self.read_out(x), torch.cat(hs, 1), torch.cat(cs, 1))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 5) -> dict[str, Tensor]:
        """Return random images and words; the first caption is a word short."""
        words = torch.randint(0, self.embed.in_features, (B, T), generator=generator)
        one_hot = F.one_hot(words, self.embed.in_features).to(torch.get_default_dtype())
        one_hot[0, -1] = 0
        return {"image": torch.randn(B, *self.shape, generator=generator), "words": one_hot}

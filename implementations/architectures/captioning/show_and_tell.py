"""Show and tell: the image is the first word that an LSTM reads, and is not an input again.

Source: Vinyals, Toshev, Bengio & Erhan 2015, "Show and tell: a neural image caption generator", eq. 4-12
(vinyals2015show).

Equations:
    x_{-1} = CNN(I);   x_t = W_e S_t for the words S_0, S_1, ...
    i, f, o = sigmoid(W x_t + U m_{t-1}), with weights of their own
    c_t = f * c_{t-1} + i * tanh(W_c x_t + U_c m_{t-1})
    m_t = o * c_t;   p_{t+1} = softmax(m_t), by way of a layer from units to words

Shapes: B examples, C channels, H = W pixels, T words, V words of the vocabulary, U units.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.gating_mechanism.lstm_cell import LSTMCell
from kb.guards import checked_arguments, checked_inputs


class Caption(NamedTuple):
    """The logits of every next word, and the state after the last."""

    y: Float[Tensor, "B T V"]
    m: Float[Tensor, "B U"]
    c: Float[Tensor, "B U"]


class ShowAndTell(nn.Module):
    """A convolutional encoder, and an LSTM that starts from the encoded image.

    Args:
        vocabulary: Number V of words.
        units: Number U of units, and of features of an embedded image or word.
        channels: Number C of channels of the image.
        side: Height H and width W of the image.
        filters: Filters of the first convolution; the second has twice as many.
        released: Whether the LSTM has biases and a tanh at its output, as in the code that the authors published.

    Example:
        >>> ShowAndTell()(torch.zeros(2, 3, 4, 4), torch.zeros(2, 5, 6)).y.shape
        torch.Size([2, 5, 6])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        vocabulary: int = 6,
        units: int = 4,
        channels: int = 3,
        side: int = 4,
        filters: int = 4,
        released: bool = False,
    ) -> None:
        super().__init__()
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
        self.lstm = LSTMCell(in_features=units, units=units, bias=released, squash=released)
        self.read_out = nn.Linear(units, vocabulary)

    @checked_inputs()
    def forward(
        self,
        image: Float[Tensor, "B C H W"],
        words: Float[Tensor, "B T V"],
        m: Float[Tensor, "B U"] | None = None,
        c: Float[Tensor, "B U"] | None = None,
    ) -> Caption:
        """Return the logits of the word after each word; given a state, continue from it without the image."""
        if m is None or c is None:
            start = image.new_zeros(len(image), self.embed.out_features)
            m, c = self.lstm(self.cnn(image), start, start)
        states, (m, c) = self.lstm.run(self.embed(words), m, c)
        return Caption(self.read_out(states), m, c)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 5) -> dict[str, Tensor]:
        """Return random images and words; the first caption is a word short."""
        words = torch.randint(0, self.embed.in_features, (B, T), generator=generator)
        coded = F.one_hot(words, self.embed.in_features).to(torch.get_default_dtype())
        coded[0, -1] = 0
        return {"image": torch.randn(B, *self.shape, generator=generator), "words": coded}

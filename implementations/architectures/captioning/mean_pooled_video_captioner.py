"""Mean-pooled video captioner: an LSTM describes the mean of the convolutional features of all frames.

Source: Venugopalan, Xu, Donahue, Rohrbach, Mooney & Saenko 2015, "Translating videos to natural language using deep
recurrent neural networks" (venugopalan2014translating); the factored form after the network that the authors released.

Equations:
    v = (1/Z) sum over frames z of CNN(I_z)
    h1(t) = LSTM_1([W_e x(t), v]),   h2(t) = LSTM_2(h1(t))
    factored:  h1(t) = LSTM_1(W_e x(t)),   h2(t) = LSTM_2([h1(t), v])
    y(t) = softmax(W h2(t) + b)

Shapes: B examples, Z frames, C channels, H = W pixels, T words, V words of the vocabulary, U units of both layers.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.gating_mechanism.lstm_cell import LSTMCell
from implementations.concepts.pooling.global_average_pooling import GlobalAveragePooling
from kb.guards import checked_arguments, checked_inputs


class Caption(NamedTuple):
    """The logits of every next word, and the states of both layers after the last."""

    y: Float[Tensor, "B T V"]
    h: Float[Tensor, "B U"]
    c: Float[Tensor, "B U"]


class MeanPooledVideoCaptioner(nn.Module):
    """Two LSTMs, one of which gets the mean of the frames at every word.

    Args:
        vocabulary: Number V of words.
        units: Number of units of each LSTM, and of features of a frame or an embedded word.
        factored: Whether the second LSTM sees the video instead of the first.
        channels: Number C of channels of a frame.
        side: Height H and width W of a frame.
        filters: Filters of the first convolution; the second has twice as many.

    Example:
        >>> MeanPooledVideoCaptioner()(torch.zeros(2, 7, 3, 4, 4), torch.zeros(2, 5, 6)).y.shape
        torch.Size([2, 5, 6])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        vocabulary: int = 6,
        units: int = 4,
        factored: bool = False,
        channels: int = 3,
        side: int = 4,
        filters: int = 4,
    ) -> None:
        super().__init__()
        self.factored = factored
        self.shape = channels, side, side
        self.cnn = nn.Sequential(
            nn.Conv2d(channels, filters, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(filters, 2 * filters, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * filters * (-(-side // 4)) ** 2, units),
            nn.ReLU(),
        )
        self.pool = GlobalAveragePooling()
        self.embed = nn.Linear(vocabulary, units, bias=False)
        sizes = (units, 2 * units) if factored else (2 * units, units)
        self.layers = nn.ModuleList(LSTMCell(in_features=size, units=units) for size in sizes)
        self.read_out = nn.Linear(units, vocabulary)

    @checked_inputs()
    def forward(
        self,
        image: Float[Tensor, "B Z C H W"],
        words: Float[Tensor, "B T V"],
        h: Float[Tensor, "B U"] | None = None,
        c: Float[Tensor, "B U"] | None = None,
    ) -> Caption:
        """Return the logits of the word after each word, from given states or from zero."""
        frames = self.cnn(image.flatten(0, 1)).unflatten(0, image.shape[:2])  # [B, Z, units]
        seen = self.pool(frames.mT)
        start = seen.new_zeros(len(seen), 2 * seen.shape[1])
        (h1, h2), (c1, c2) = ((start if state is None else state).chunk(2, 1) for state in (h, c))
        repeated = seen[:, None].expand(-1, words.shape[1], -1)
        x = self.embed(words)
        x, (h1, c1) = self.layers[0].run(x if self.factored else torch.cat([x, repeated], 2), h1, c1)
        x, (h2, c2) = self.layers[1].run(torch.cat([x, repeated], 2) if self.factored else x, h2, c2)
        return Caption(self.read_out(x), torch.cat([h1, h2], 1), torch.cat([c1, c2], 1))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, Z: int = 3, T: int = 5) -> dict[str, Tensor]:
        """Return random videos and words; the first caption is a word short."""
        words = torch.randint(0, self.embed.in_features, (B, T), generator=generator)
        one_hot = F.one_hot(words, self.embed.in_features).to(torch.get_default_dtype())
        one_hot[0, -1] = 0
        return {"image": torch.randn(B, Z, *self.shape, generator=generator), "words": one_hot}

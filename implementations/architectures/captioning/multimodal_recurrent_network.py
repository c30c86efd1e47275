"""Multimodal recurrent network: the image is added after the recurrent layer, at every step.

Source: Mao, Xu, Yang, Wang & Yuille 2014, "Explain images with multimodal recurrent neural networks" (mao2014explain).

Equations:
    w(t) = E_2 E_1 x(t) for the one-hot word x(t)
    r(t) = max(0, U_r r(t-1) + w(t))
    m(t) = g(V_w w(t) + V_r r(t) + V_I CNN(I)),   g(a) = 1.7159 tanh(2 a / 3)
    y(t) = softmax(W m(t) + b)

Shapes: B examples, C channels, H = W pixels, T words, V words of the vocabulary, U units.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments, checked_inputs


class Caption(NamedTuple):
    """The logits of every next word, and the state after the last."""

    y: Float[Tensor, "B T V"]
    r: Float[Tensor, "B U"]


class MultimodalRecurrentNetwork(nn.Module):
    """A recurrent language model whose output layer also sees the image at every step.

    Args:
        vocabulary: Number V of words.
        units: Number U of units of the recurrent layer, and of features of an embedded word.
        width: Number of units of the multimodal layer.
        channels: Number C of channels of the image.
        side: Height H and width W of the image.
        filters: Filters of the first convolution; the second has twice as many.

    Example:
        >>> MultimodalRecurrentNetwork()(torch.zeros(2, 3, 4, 4), torch.zeros(2, 5, 6)).y.shape
        torch.Size([2, 5, 6])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        vocabulary: int = 6,
        units: int = 8,
        width: int = 6,
        channels: int = 3,
        side: int = 4,
        filters: int = 4,
    ) -> None:
        super().__init__()
        self.shape = channels, side, side
        self.cnn = nn.Sequential(
            nn.Conv2d(channels, filters, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(filters, 2 * filters, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * filters * (-(-side // 4)) ** 2, width),  # with V_I in its weights
        )
        self.first = nn.Linear(vocabulary, units, bias=False)
        self.second = nn.Linear(units, units, bias=False)
        self.recurrent = nn.Linear(units, units, bias=False)
        self.from_word = nn.Linear(units, width, bias=False)
        self.from_state = nn.Linear(units, width, bias=False)
        self.read_out = nn.Linear(width, vocabulary)

    @checked_inputs()
    def forward(
        self, image: Float[Tensor, "B C H W"], words: Float[Tensor, "B T V"], r: Float[Tensor, "B U"] | None = None
    ) -> Caption:
        """Return the logits of the word after each word, from a given state or from zero."""
        embedded = self.second(self.first(words))  # [B, T, U]
        r = image.new_zeros(len(image), embedded.shape[2]) if r is None else r
        states = []
        for word in embedded.unbind(1):
            r = torch.relu(torch.addmm(word, r, self.recurrent.weight.T))
            states.append(r)
        language = self.from_word(embedded) + self.from_state(torch.stack(states, 1))
        multimodal = 1.7159 * torch.tanh(2 / 3 * (language + self.cnn(image)[:, None]))  # [B, T, width]
        return Caption(self.read_out(multimodal), r)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 5) -> dict[str, Tensor]:
        """Return random images and words; the first caption is a word short."""
        words = torch.randint(0, self.first.in_features, (B, T), generator=generator)
        one_hot = F.one_hot(words, self.first.in_features).to(torch.get_default_dtype())
        one_hot[0, -1] = 0
        return {"image": torch.randn(B, *self.shape, generator=generator), "words": one_hot}

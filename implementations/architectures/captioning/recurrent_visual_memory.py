"""Recurrent visual memory: beside a state for the words, the network keeps a picture of what they have described.

Source: Chen & Zitnick 2015, "Mind's eye: a recurrent visual representation for image caption generation"
(chen2014learning).

Equations:
    s_t = sigmoid(W w_t + S s_{t-1} + V v),   where V v reaches half of the units only
    u_t = sigmoid(B w_t + U u_{t-1}),   from words alone
    w~_{t+1} = softmax(A s_t + C u_t + b),   the next word
    v~_t = sigmoid(R u_t + r),   the image, as far as the words describe it

Shapes: B examples, C channels, H = W pixels, T words, V words of the vocabulary, D features of the image, U units.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments, checked_inputs


class Caption(NamedTuple):
    """The logits of every next word, the picture after every word, and both states after the last."""

    y: Float[Tensor, "B T V"]
    picture: Float[Tensor, "B T D"]
    s: Float[Tensor, "B U"]
    u: Float[Tensor, "B U"]


class RecurrentVisualMemory(nn.Module):
    """Two recurrent layers: one for the next word, and one for a picture of the words so far.

    Args:
        vocabulary: Number V of words.
        units: Number U of units of each recurrent layer, an even number.
        width: Number D of features of the image.
        channels: Number C of channels of the image.
        side: Height H and width W of the image.
        filters: Filters of the first convolution; the second has twice as many.

    Raises:
        ValueError: The number of units is odd.

    Example:
        >>> output = RecurrentVisualMemory()(torch.zeros(2, 3, 4, 4), torch.zeros(2, 5, 6))
        >>> output.y.shape, output.picture.shape
        (torch.Size([2, 5, 6]), torch.Size([2, 5, 8]))
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        vocabulary: int = 6,
        units: int = 4,
        width: int = 8,
        channels: int = 3,
        side: int = 4,
        filters: int = 4,
    ) -> None:
        super().__init__()
        if units % 2:
            raise ValueError(f"units ({units}) must be even: half of them see the image")
        self.units, self.shape = units, (channels, side, side)
        self.cnn = nn.Sequential(
            nn.Conv2d(channels, filters, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(filters, 2 * filters, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * filters * (-(-side // 4)) ** 2, width),
            nn.Sigmoid(),
        )
        self.word_input = nn.Linear(vocabulary, 2 * units)  # for both layers: W and B
        self.image_input = nn.Linear(width, units // 2, bias=False)
        self.language = nn.Linear(units, units, bias=False)
        self.memory = nn.Linear(units, units, bias=False)
        self.read_out = nn.Linear(2 * units, vocabulary)  # A and C
        self.reconstruct = nn.Linear(units, width)

    @checked_inputs()
    def forward(
        self,
        image: Float[Tensor, "B C H W"],
        words: Float[Tensor, "B T V"],
        s: Float[Tensor, "B U"] | None = None,
        u: Float[Tensor, "B U"] | None = None,
    ) -> Caption:
        """Return the logits of the word after each word and the picture so far, from given states or from zero."""
        return self._run(self.cnn(image), words, s, u)

    def _run(self, features: Tensor, words: Tensor, s: Tensor | None = None, u: Tensor | None = None) -> Caption:
        s, u = (features.new_zeros(len(features), self.units) if state is None else state for state in (s, u))
        from_image = F.pad(self.image_input(features), (0, self.units // 2))  # the other half of the units sees nothing
        contexts, memories = [], []
        for projected in self.word_input(words).unbind(1):
            for_language, for_memory = projected.chunk(2, 1)
            s = torch.sigmoid(torch.addmm(for_language + from_image, s, self.language.weight.T))
            u = torch.sigmoid(torch.addmm(for_memory, u, self.memory.weight.T))
            contexts.append(s)
            memories.append(u)
        context, memory = torch.stack(contexts, 1), torch.stack(memories, 1)
        return Caption(self.read_out(torch.cat([context, memory], 2)), torch.sigmoid(self.reconstruct(memory)), s, u)

    def sampled_loss(self, generator: torch.Generator, *, target: Tensor, image: Tensor, words: Tensor) -> Tensor:
        """Return the cross-entropy of the words, plus the relative squared error of the picture after every word."""
        features = self.cnn(image)
        output = self._run(features, words)
        features_of_image = features.detach()[:, None]
        reconstruction_error = (output.picture - features_of_image).square().mean() / features_of_image.square().mean()
        return F.cross_entropy(output.y.flatten(0, 1), target.flatten()) + reconstruction_error

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 5) -> dict[str, Tensor]:
        """Return random images, bright enough to be seen through two squashings, and words; one caption is short."""
        words = torch.randint(0, self.word_input.in_features, (B, T), generator=generator)
        one_hot = F.one_hot(words, self.word_input.in_features).to(torch.get_default_dtype())
        one_hot[0, -1] = 0
        return {"image": 20 * torch.randn(B, *self.shape, generator=generator), "words": one_hot}

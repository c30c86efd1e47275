"""Deep visual-semantic alignment: words are aligned with regions of the image, and a recurrent network writes captions.

Source: Karpathy & Fei-Fei 2015, "Deep visual-semantic alignments for generating image descriptions", eq. 1-9 for the
alignment, sec. 3.2 for the generator (karpathy2015deep).

Equations:
    regions    v_i = W_m CNN(I_i) + b_m
    words      x_t = W_w 1_t,  e_t = f(W_e x_t + b_e),  f(a) = max(0, a)
               h^f_t = f(e_t + W_f h^f_{t-1} + b_f),  h^b_t = f(e_t + W_b h^b_{t+1} + b_b)
               s_t = f(W_d (h^f_t + h^b_t) + b_d)
    alignment  S_kl = sum over words t of caption l of the max over regions i of image k of v_i^T s_t
    loss       sum over k of (sum over l of max(0, S_kl - S_kk + 1) + sum over l of max(0, S_lk - S_kk + 1))
    generator  b_v = W_hi CNN(I),  h_t = f(W_hx x_t + W_hh h_{t-1} + b_h + [t = 1] b_v),  y_t = softmax(W_oh h_t + b_o)

Shapes: B examples, C channels, H = W pixels, M regions, T words, V words of the vocabulary, D features of a region.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.loss.margin_ranking_loss import MarginRankingLoss
from kb.guards import checked_arguments, checked_inputs


class Description(NamedTuple):
    """The logits of every next word, and the score of every word with every region."""

    y: Float[Tensor, "B T V"]
    similarity: Float[Tensor, "B T M"]


def encoder(channels: int, side: int, filters: int, width: int) -> nn.Sequential:
    """Return a small convolutional network for square images."""
    return nn.Sequential(
        nn.Conv2d(channels, filters, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(filters, 2 * filters, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(2 * filters * (-(-side // 4)) ** 2, width),
    )


class DeepVisualSemanticAlignment(nn.Module):
    """A model that aligns regions and words, and one that generates captions.

    Args:
        vocabulary: Number V of words.
        width: Number D of features of regions and words, and of units of the generator.
        channels: Number C of channels of the image.
        side: Height H and width W of the image, a multiple of 4.
        filters: Filters of the first convolutions; the second ones have twice as many.

    Raises:
        ValueError: The side is not a multiple of 4.

    Example:
        >>> output = DeepVisualSemanticAlignment()(torch.zeros(2, 3, 4, 4), torch.zeros(2, 5, 6))
        >>> output.y.shape, output.similarity.shape
        (torch.Size([2, 5, 6]), torch.Size([2, 5, 10]))
    """

    @checked_arguments()
    def __init__(
        self, *, vocabulary: int = 6, width: int = 6, channels: int = 3, side: int = 4, filters: int = 4
    ) -> None:
        super().__init__()
        if side % 4:
            raise ValueError(f"side ({side}) must be a multiple of 4")
        self.shape = channels, side, side
        self.embed_region = encoder(channels, side // 2, filters, width)
        self.embed = nn.Linear(vocabulary, width, bias=False)
        self.project = nn.Linear(width, width)
        self.forward_recurrent, self.backward_recurrent = nn.Linear(width, width), nn.Linear(width, width)
        self.combine = nn.Linear(width, width)
        self.embed_image = encoder(channels, side, filters, width)
        self.word_input = nn.Linear(vocabulary, width)
        self.recurrent = nn.Linear(width, width, bias=False)
        self.read_out = nn.Linear(width, vocabulary)
        self.rank = MarginRankingLoss(margin=1.0)

    @checked_inputs()
    def forward(self, image: Float[Tensor, "B C H W"], words: Float[Tensor, "B T V"]) -> Description:
        """Return the logits of the word after each word, and the fit of each word to each region of its own image."""
        return Description(self.generate(image, words), self.read(words) @ self.regions(image).mT)

    def regions(self, image: Float[Tensor, "B C H W"]) -> Float[Tensor, "B M D"]:
        """Return the vectors of nine windows and of the whole image (eq. 1)."""
        channels, side, _ = self.shape
        windows = F.unfold(image, side // 2, stride=side // 4).mT.unflatten(2, (channels, side // 2, side // 2))
        parts = torch.cat([windows, F.avg_pool2d(image, 2)[:, None]], 1)  # [B, M, C, side / 2, side / 2]
        return self.embed_region(parts.flatten(0, 1)).unflatten(0, parts.shape[:2])

    def read(self, words: Float[Tensor, "B T V"]) -> Float[Tensor, "B T D"]:
        """Return the vectors of words, read in both directions (eq. 2-6); zero where there is no word."""
        projected, mask = torch.relu(self.project(self.embed(words))), words.sum(2, keepdim=True)
        summed = torch.zeros_like(projected)
        for layer, order in (
            (self.forward_recurrent, range(words.shape[1])),
            (self.backward_recurrent, reversed(range(words.shape[1]))),
        ):
            h, states = torch.zeros_like(projected[:, 0]), {}
            for t in order:
                h = states[t] = torch.relu(projected[:, t] + layer(h)) * mask[:, t]
            summed = summed + torch.stack([states[t] for t in range(words.shape[1])], 1)
        return torch.relu(self.combine(summed)) * mask

    @staticmethod
    def score(regions: Float[Tensor, "K M D"], words: Float[Tensor, "L T D"]) -> Float[Tensor, "K L"]:
        """Return how well every image matches every caption: the sum over words of their best regions (eq. 8)."""
        return torch.einsum("kmd,ltd->klmt", regions, words).amax(2).sum(2)

    def generate(self, image: Float[Tensor, "B C H W"], words: Float[Tensor, "B T V"]) -> Float[Tensor, "B T V"]:
        """Return the logits of the word after each word."""
        h, states = torch.zeros_like(seen := self.embed_image(image)), []
        for t, word in enumerate(self.word_input(words).unbind(1)):
            projected = word + seen if t == 0 else word
            h = torch.relu(torch.addmm(projected, h, self.recurrent.weight.T))
            states.append(h)
        return self.read_out(torch.stack(states, 1))

    def ranking(self, image: Float[Tensor, "B C H W"], words: Float[Tensor, "B T V"]) -> Float[Tensor, ""]:
        """Return the loss of the alignment, over all pairs of images and captions of a batch (eq. 9)."""
        scores = self.score(self.regions(image), self.read(words))
        own = torch.arange(len(image), device=image.device)
        return (self.rank(scores, own) + self.rank(scores.T, own)).sum()

    def sampled_loss(self, generator: torch.Generator, *, target: Tensor, image: Tensor, words: Tensor) -> Tensor:
        """Return the loss of both models: the wrong pairs of the ranking come from the batch, which the task draws."""
        logits = self.generate(image, words)
        return F.cross_entropy(logits.flatten(0, 1), target.flatten()) + self.ranking(image, words) / len(image)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 5) -> dict[str, Tensor]:
        """Return random images and words; the first caption is a word short."""
        words = torch.randint(0, self.embed.in_features, (B, T), generator=generator)
        one_hot = F.one_hot(words, self.embed.in_features).to(torch.get_default_dtype())
        one_hot[0, -1] = 0
        return {"image": torch.randn(B, *self.shape, generator=generator), "words": one_hot}

"""Visual concept captioner: words are first detected in the image, and a language model then arranges them.

Source: Fang, Gupta, Iandola, Srivastava, Deng, Dollár, Gao, He, Mitchell, Platt, Zitnick & Zweig 2015, "From captions
to visual concepts and back" (fang2015captions).

Equations:
    detection   p_ij^w = sigmoid(v_w^T phi(b_ij) + u_w) for word w in region j of image i,
                p_i^w = 1 - prod over j of (1 - p_ij^w)
    to be said  V~_t: words with p_i^w > 1/2 that have not been mentioned up to t
    language    P(w_{t+1} = w | w_t, ..., V~_t) proportional to exp(sum over k of lambda_k f_k)
                f: w in V~;  w_t w with w in V~;  w_t w with w not in V~;  w = <end> and V~ empty;  log p_i^w if w in V~
    re-ranking  R = cos(x(I), z(caption)),   P(caption | I) = softmax over captions of gamma R

Shapes: B examples, C channels, H = W pixels, T words, V words of the vocabulary, D features of a caption.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.aggregation.noisy_or import NoisyOr
from kb.guards import checked_arguments, checked_inputs


class Concepts(NamedTuple):
    """The logits of every next word, the probabilities that words belong to the image, and the score of the caption."""

    y: Float[Tensor, "B T V"]
    p: Float[Tensor, "B V"]
    similarity: Float[Tensor, " B"]


class VisualConceptCaptioner(nn.Module):
    """Detectors of words, a log-linear language model of the words left, and a similarity of image and caption.

    Args:
        vocabulary: Number V of words.
        end: Number of the word that ends a caption.
        width: Number D of features of an image or a caption in the space where they are compared.
        channels: Number C of channels of the image.
        side: Height H and width W of the image.
        filters: Filters of the first convolution; the second has twice as many.
        first: The bias of the detectors before training: below zero, so that many regions together do not give a
            probability near one.
        sharpness: The factor gamma of the similarities.

    Example:
        >>> output = VisualConceptCaptioner()(torch.zeros(2, 3, 4, 4), torch.zeros(2, 5, 6))
        >>> output.y.shape, output.p.shape, output.similarity.shape
        (torch.Size([2, 5, 6]), torch.Size([2, 6]), torch.Size([2]))
    """

    @checked_arguments(sharpness=0)
    def __init__(
        self,
        *,
        vocabulary: int = 6,
        end: int = 1,
        width: int = 5,
        channels: int = 3,
        side: int = 4,
        filters: int = 4,
        first: float = 0.0,
        sharpness: float = 10.0,
    ) -> None:
        super().__init__()
        self.vocabulary, self.end, self.sharpness, self.shape = vocabulary, end, sharpness, (channels, side, side)
        self.maps = nn.Sequential(
            nn.Conv2d(channels, filters, 5, padding=2),
            nn.ReLU(),
            nn.Conv2d(filters, 2 * filters, 3, stride=2, padding=1),
            nn.ReLU(),
        )
        self.detect = nn.Conv2d(2 * filters, vocabulary, 1)
        nn.init.constant_(self.detect.bias, first)
        self.noisy_or = NoisyOr()
        self.detected_bigrams = nn.Linear(
            vocabulary, vocabulary
        )  # lambda of pairs, and of single words, that are to be said
        self.other_bigrams = nn.Linear(vocabulary, vocabulary)  # and of those that are not
        self.score, self.stop = nn.Parameter(torch.ones(())), nn.Parameter(torch.ones(()))
        self.embed_image = nn.Sequential(nn.Flatten(), nn.Linear(2 * filters * (-(-side // 2)) ** 2, width))
        self.embed_text = nn.Linear(vocabulary**2, width)

    @checked_inputs()
    def forward(self, image: Float[Tensor, "B C H W"], words: Float[Tensor, "B T V"]) -> Concepts:
        """Return the logits of the word after each word, the detected words, and the similarity of each pair."""
        maps = self.maps(image)
        p = self.noisy_or(self.detect(maps).flatten(2))
        similarity = F.cosine_similarity(self.embed_image(maps), self.embed_text(self._pairs(words)))
        return Concepts(self.language(p, words), p, similarity)

    def language(self, p: Float[Tensor, "B V"], words: Float[Tensor, "B T V"]) -> Float[Tensor, "B T V"]:
        """Return the sums of the features that are active for each next word, times their weights."""
        remaining = (p > 0.5).to(p.dtype)[:, None] * (1 - words).cumprod(1)  # [B, T, V], 0 or 1 for one-hot words
        detection_score = self.score * p.clamp_min(1e-6).log()[:, None]
        logits = remaining * (self.detected_bigrams(words) + detection_score) + (1 - remaining) * self.other_bigrams(
            words
        )
        ends = self.stop * (1 - remaining).prod(2)  # no words are left
        return logits + ends[..., None] * F.one_hot(torch.tensor(self.end, device=words.device), self.vocabulary)

    def _pairs(self, words: Float[Tensor, "B T V"]) -> Float[Tensor, "B V*V"]:
        """Return how often each word is followed by each."""
        return torch.einsum("btv,btw->bvw", words[:, :-1], words[:, 1:]).flatten(1)

    def rank(
        self, image: Float[Tensor, "1 C H W"], captions: Float[Tensor, "K T V"], target: Int[Tensor, "K T"]
    ) -> Float[Tensor, " K"]:
        """Return the log-likelihood plus log P(caption | image) of every candidate caption."""
        output = self(image.expand(len(captions), -1, -1, -1), captions)
        likelihood = -F.cross_entropy(output.y.mT, target, reduction="none").sum(1)
        return likelihood + torch.log_softmax(self.sharpness * output.similarity, 0)

    def sampled_loss(self, generator: torch.Generator, *, target: Tensor, image: Tensor, words: Tensor) -> Tensor:
        """Return the losses of detectors, language model and similarity; wrong captions are those of other images."""
        maps = self.maps(image)
        p = self.noisy_or(self.detect(maps).flatten(2))
        mentioned = words.amax(1)
        detection = F.binary_cross_entropy(p.clamp(1e-6, 1 - 1e-6), mentioned)
        logits = self.language(p.detach(), words)
        z = F.normalize(self.embed_text(self._pairs(words)), dim=1)
        similarities = self.sharpness * F.normalize(self.embed_image(maps), dim=1) @ z.T
        own = torch.arange(len(image), device=image.device)
        return (
            10 * detection
            + F.cross_entropy(logits.flatten(0, 1), target.flatten())
            + F.cross_entropy(similarities, own)
        )

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 5) -> dict[str, Tensor]:
        """Return random images and words; the first caption is a word short, and none mentions the last word."""
        words = torch.randint(0, self.vocabulary - 1, (B, T), generator=generator)
        one_hot = F.one_hot(words, self.vocabulary).to(torch.get_default_dtype())
        one_hot[0, -1] = 0
        return {"image": torch.randn(B, *self.shape, generator=generator), "words": one_hot}

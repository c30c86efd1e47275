"""Visual-semantic embedding with a structure-content language model: one space for images and sentences, and a decoder.

Source: Kiros, Salakhutdinov & Zemel 2014, "Unifying visual-semantic embeddings with multimodal neural language models"
(kiros2014unifying); the encoder also after the authors' code.

Equations:
    encoder    x = W_I CNN(I),   v = state of an LSTM after the last word,   both of length one,   s(x, v) = x . v
    loss       sum over x, k of max(0, alpha - s(x, v) + s(x, v_k))
               + sum over v, k of max(0, alpha - s(v, x) + s(v, x_k)),   v_k, x_k: sentences and images of other pairs
    decoder    E = W_fv^T W_fk, a row for every word;   r = sum over i of C_i E w_{n-i}, from the last words
               a = max(0, T_u u + sum over j = 0, 1, ... of T_j t_{n+j} + b), from content u and coming structure t
               P(w_n | ...) = softmax(W_fv^T ((W_fk r) * (W_fd a)) + b_v)

Shapes: B examples, C channels, H = W pixels, T words, V words of the vocabulary, K parts of speech, D features of the
space.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.gating_mechanism.lstm_cell import LSTMCell
from implementations.concepts.loss.margin_ranking_loss import MarginRankingLoss
from kb.guards import checked_arguments, checked_inputs


class Embeddings(NamedTuple):
    """The logits of every next word, and the points where image and sentence lie."""

    y: Float[Tensor, "B T V"]
    x: Float[Tensor, "B D"]
    v: Float[Tensor, "B D"]


class VisualSemanticEmbedding(nn.Module):
    """An encoder of images and sentences, and a multiplicative decoder.

    Args:
        vocabulary: Number V of words.
        parts: Number K of parts of speech.
        width: Number D of features of the space, of an embedded word and of a predicted word.
        factors: Number of factors of the multiplicative interaction.
        context: How many of the last words the decoder sees.
        lookahead: How many parts of speech the decoder sees, beginning with that of the next word.
        margin: By how much a right pair should be closer than a wrong one.
        channels: Number C of channels of the image.
        side: Height H and width W of the image.
        filters: Filters of the first convolution; the second has twice as many.

    Example:
        >>> net = VisualSemanticEmbedding()
        >>> net(torch.zeros(2, 3, 4, 4), torch.zeros(2, 5, 6), torch.zeros(2, 5, 3)).y.shape
        torch.Size([2, 5, 6])
    """

    @checked_arguments(margin=0)
    def __init__(
        self,
        *,
        vocabulary: int = 6,
        parts: int = 3,
        width: int = 4,
        factors: int = 5,
        context: int = 2,
        lookahead: int = 2,
        margin: float = 0.2,
        channels: int = 3,
        side: int = 4,
        filters: int = 4,
    ) -> None:
        super().__init__()
        self.sizes, self.context, self.lookahead = (vocabulary, parts), context, lookahead
        self.shape = channels, side, side
        self.cnn = nn.Sequential(
            nn.Conv2d(channels, filters, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(filters, 2 * filters, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * filters * (-(-side // 4)) ** 2, width),
        )
        self.embed = nn.Linear(vocabulary, width, bias=False)
        self.lstm = LSTMCell(in_features=width, units=width)
        self.rank = MarginRankingLoss(margin=margin)
        self.to_factors = nn.Linear(width, factors, bias=False)  # W_fk
        self.from_factors = nn.Linear(factors, vocabulary)  # W_fv^T and b_v
        self.contexts = nn.ModuleList(nn.Linear(width, width, bias=False) for _ in range(context))
        self.content = nn.Linear(width, width)
        self.structures = nn.ModuleList(nn.Linear(parts, width, bias=False) for _ in range(lookahead))
        self.gate = nn.Linear(width, factors, bias=False)  # W_fd

    @checked_inputs()
    def forward(
        self, image: Float[Tensor, "B C H W"], words: Float[Tensor, "B T V"], structure: Float[Tensor, "B T K"]
    ) -> Embeddings:
        """Return the logits of the word after each word, decoded from the image, and both points of the space."""
        x = self.embed_image(image)
        return Embeddings(self.decode(x, words, structure), x, self.read(words))

    def embed_image(self, image: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D"]:
        """Return the points of images in the space."""
        return F.normalize(self.cnn(image), dim=1)

    def read(self, words: Float[Tensor, "B T V"]) -> Float[Tensor, "B D"]:
        """Return the points of sentences: the state after the last word; padding with zeros does not change it."""
        h = c = words.new_zeros(len(words), self.embed.out_features)
        mask = words.sum(2, keepdim=True)
        for word, present in zip(self.embed(words).unbind(1), mask.unbind(1), strict=True):
            new_h, new_c = self.lstm(word, h, c)
            h, c = torch.lerp(h, new_h, present), torch.lerp(c, new_c, present)
        return F.normalize(h, dim=1)

    def decode(
        self, u: Float[Tensor, "B D"], words: Float[Tensor, "B T V"], structure: Float[Tensor, "B T K"]
    ) -> Float[Tensor, "B T V"]:
        """Return the logits of the word after each word, for a point of the space and a structure."""
        length = words.shape[1]
        embedded = F.linear(F.linear(words, self.from_factors.weight.T), self.to_factors.weight.T)  # E w
        before = F.pad(embedded, (0, 0, self.context - 1, 0))
        padded = F.pad(structure, (0, 0, 0, self.lookahead - 1))
        r = torch.stack([C(before[:, self.context - 1 - i :][:, :length]) for i, C in enumerate(self.contexts)]).sum(0)
        from_structure = torch.stack([T(padded[:, j : j + length]) for j, T in enumerate(self.structures)]).sum(0)
        a = torch.relu(self.content(u)[:, None] + from_structure)
        return self.from_factors(self.to_factors(r) * self.gate(a))

    def ranking(self, x: Float[Tensor, "B D"], v: Float[Tensor, "B D"]) -> Float[Tensor, ""]:
        """Return the ranking loss over all pairs of images and sentences of a batch, both ways."""
        scores, own = x @ v.T, torch.arange(len(x), device=x.device)
        return (self.rank(scores, own) + self.rank(scores.T, own)).sum()

    def sampled_loss(self, generator: torch.Generator, *, target: Tensor, **inputs: Tensor) -> Tensor:
        """Return the loss of decoder and encoder: the contrastive pairs come from the batch, which the task draws."""
        y, x, v = self(**inputs)
        return F.cross_entropy(y.flatten(0, 1), target.flatten()) + self.ranking(x, v) / len(x)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 5) -> dict[str, Tensor]:
        """Return random images, words and parts of speech; the first caption is a word short."""
        one_hot = []
        for size in self.sizes:
            symbols = F.one_hot(torch.randint(0, size, (B, T), generator=generator), size)
            one_hot.append(symbols.to(torch.get_default_dtype()))
            one_hot[-1][0, -1] = 0
        image = torch.randn(B, *self.shape, generator=generator)
        return {"image": image, "words": one_hot[0], "structure": one_hot[1]}

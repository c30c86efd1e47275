"""Neighbouring words: which words are found near a given one, in a language of topics?

Source: pairs of words as in Mikolov et al. 2013, sec. 2.2 (mikolov2013distributed), from a language whose probabilities
are known.

Equations:
    P(w, c) = sum over topics t of P(t) P(w | t) P(c | t)
    P(w | t) = SHARE / words of t  for words of the topic, plus (1 - SHARE) f_w,  f_w proportional to 1 / rank
    noise(c) proportional to P(c)^(3/4)

Shapes: B pairs, V words; a target has the neighbour, and K words drawn from the noise.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.loss.negative_sampling_loss import NegativeSamplingLoss
from kb.guards import checked_arguments

WORDS, TOPICS = 24, 4
SHARE = 0.8
POWER = 0.75
TEST_SIZE = 4000


class NeighbouringWords:
    """Give high scores to the neighbours of a word, and low ones to words that are drawn at random.

    Args:
        generator: Draws the pairs and the words of the noise.
        negatives: Number K of words of the noise for each pair.
        batch_size: Pairs of a batch.

    Example:
        >>> inputs, target = NeighbouringWords(generator=torch.Generator().manual_seed(0)).batch()
        >>> inputs["x"].shape, target.shape
        (torch.Size([256, 24]), torch.Size([256, 6]))
    """

    metric, higher_is_better = "nats of negative sampling for each pair", False
    steps, learning_rate = 200, 2e-2

    @checked_arguments()
    def __init__(self, *, generator: torch.Generator, negatives: int = 5, batch_size: int = 256) -> None:
        self.generator, self.negatives, self.batch_size = generator, negatives, batch_size
        self.joint = pairs()
        self.noise = F.normalize(self.joint.sum(0) ** POWER, p=1, dim=0)
        self._test = self._draw(TEST_SIZE)

    def _draw(self, size: int) -> tuple[dict[str, Tensor], Tensor]:
        """Return words as one-hot vectors; and after a neighbour of each, words of the noise."""
        pair = torch.multinomial(self.joint.flatten(), size, replacement=True, generator=self.generator)
        drawn = torch.multinomial(self.noise, size * self.negatives, replacement=True, generator=self.generator)
        word, neighbour = pair // WORDS, pair % WORDS
        given = F.one_hot(word, WORDS).to(torch.get_default_dtype())
        return {"x": given}, torch.cat([neighbour[:, None], drawn.view(size, -1)], 1)

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return fresh words; and a neighbour of each, before words of the noise."""
        return self._draw(self.batch_size)

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return the words set aside; and a neighbour of each, before words of the noise."""
        return self._test

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the mean loss of a pair, from the scores of all words."""
        scores = output.gather(1, target)
        return NegativeSamplingLoss()(scores[:, 0], scores[:, 1:]).mean()

    def score(self, output: Tensor, target: Tensor) -> float:
        """Return the mean loss of a pair."""
        return float(self.loss(output, target))

    def baseline(self) -> float:
        """Return the loss of the best scores that do not depend on the given word."""
        target = self._test[1]
        scores = (self.joint.sum(0) / self.noise).log() - math.log(self.negatives)
        return self.score(scores.expand(len(target), -1), target)


def pairs() -> Tensor:
    """Return the probabilities `[V, V]` that a word and a neighbour of it are two given words."""
    frequency = F.normalize(1 / torch.arange(1.0, WORDS + 1), p=1, dim=0)
    topic = F.one_hot(torch.arange(WORDS) % TOPICS).T  # [TOPICS, V]
    given = SHARE * topic * TOPICS / WORDS + (1 - SHARE) * frequency
    return given.T @ given / TOPICS


def examples(task: NeighbouringWords, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return words by number, the words of their topics, and those that a module gives the highest scores."""
    x = torch.eye(WORDS)[:count]
    best = module(x).topk(WORDS // TOPICS, 1).indices.sort(1).values
    rows = enumerate(best.tolist())
    return [
        {"given": f"word {word}", "target": _list(range(word % TOPICS, WORDS, TOPICS)), "output": _list(found)}
        for word, found in rows
    ]


def _list(words: range | list[int]) -> str:
    return "words " + ", ".join(map(str, words))

"""Experiment: do two encoders of two views learn what the views share, from pairs alone?

Source: Radford et al. 2021, sec. 2.3 and fig. 3 (radford2021learning), for the loss; Wang & Isola 2020
(wang2020understanding), for the measures of alignment and uniformity.

Method: a pair consists of two views of one hidden cause of four normal numbers. A view is a random perceptron of these
and of two other normal numbers, which it does not share with the other view. Two perceptrons map the views into one
space, where the cosines of all views of a batch, divided by a learned temperature, are logits: each view has to
recognise its partner among the others. Every batch is new. The same is done where each view of a batch comes with the
partner of another one. In the test 256 new pairs are compared with each other.

Measures:
    steps: numbers of steps after which the encoders are tested.
    paired, shuffled: shares of first views whose partner has the largest cosine, after these steps.
    right, right_shuffled: the last of both.
    right_linear: the same for the cosine of a second view and its prediction by a linear map, fitted to as many pairs.
    distance: mean squared distance of partners on the unit sphere, over that of all pairs of a first and a second view.
    distance_shuffled: the same for encoders that were trained with other views' partners.
    uniformity: log of the mean of exp(-2 d^2), for distances d of the first views, after training.
    uniformity_gain: the same before training, less that after it.
"""

import math
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.attention.clip import TEMPERATURE
from implementations.claims.precision import double_precision
from implementations.concepts.loss.info_nce_loss import InfoNCELoss
from kb.training import descend

CAUSE, OWN, VIEW, HIDDEN, SPACE = 4, 2, 16, 64, 8
BATCH, TEST, EVERY, TIMES, RATE = 128, 256, 100, 10, 3e-3


class Pairs:
    """Two views of every hidden cause.

    Args:
        seed: Seed of both views and of all draws.
    """

    def __init__(self, seed: int) -> None:
        self.generator = torch.Generator().manual_seed(seed)
        sizes = (CAUSE + OWN, HIDDEN, VIEW)
        self.views = [
            [torch.randn(size, generator=self.generator) / size[0] ** 0.5 for size in pairwise(sizes)] for _ in range(2)
        ]

    def draw(self, size: int) -> tuple[Tensor, Tensor]:
        """Return first views and their partners, `[B, VIEW]` each."""
        cause = torch.randn(size, CAUSE, generator=self.generator)
        return self.view(0, cause), self.view(1, cause)

    def view(self, number: int, cause: Tensor) -> Tensor:
        """Return a view of each cause, with numbers that are its own."""
        own = torch.randn(len(cause), OWN, generator=self.generator)
        first, second = self.views[number]
        return torch.tanh(2 * torch.cat([cause, own], 1) @ first) @ second


class Encoders(nn.Module):
    """A perceptron for each view, and a learned temperature."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = (
            nn.Sequential(nn.Linear(VIEW, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, SPACE)) for _ in range(2)
        )
        self.scale = nn.Parameter(torch.tensor(math.log(1 / TEMPERATURE)))
        self.contrast = InfoNCELoss()

    def forward(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Return the points of views on the unit sphere."""
        return F.normalize(self.first(x), dim=1), F.normalize(self.second(y), dim=1)

    def loss(self, x: Tensor, y: Tensor) -> Tensor:
        """Return the symmetric loss of a batch of pairs."""
        u, v = self(x, y)
        logits, own = self.scale.exp() * u @ v.T, torch.arange(len(u))
        return (self.contrast(logits, own) + self.contrast(logits.T, own)).mean() / 2


@double_precision()
def run(seed: int) -> dict[str, float | list[float]]:
    """Train with the own partners and with others.

    Args:
        seed: Seed of views, weights and draws.

    Returns:
        The measures that the module lists.
    """
    test = Pairs(seed)
    x, y = test.draw(TEST)
    torch.manual_seed(seed)
    start = Encoders()
    (paired, right), (shuffled, right_shuffled) = (trained(start, seed, x, y, roll) for roll in (0, 1))
    uniformities = [uniformity(encoders(x, y)[0]) for encoders in (start, paired)]
    return {
        "steps": [float(EVERY * number) for number in range(TIMES + 1)],
        "paired": right,
        "shuffled": right_shuffled,
        "right": right[-1],
        "right_shuffled": right_shuffled[-1],
        "right_linear": linear(test, x, y),
        "distance": distance(*paired(x, y)),
        "distance_shuffled": distance(*shuffled(x, y)),
        "uniformity": uniformities[1],
        "uniformity_gain": uniformities[0] - uniformities[1],
    }


def trained(start: Encoders, seed: int, x: Tensor, y: Tensor, roll: int) -> tuple[Encoders, list[float]]:
    """Return encoders, and the shares of partners found in the course of training.

    Args:
        start: The first weights.
        seed: Seed of views and draws.
        x: First views of the test.
        y: Second views of the test.
        roll: By how many places second views of a batch are moved; by 0 they stay with their partners.
    """
    encoders, pairs = Encoders(), Pairs(seed)
    encoders.load_state_dict(start.state_dict())
    pairs.generator.manual_seed(1000 + seed)

    def loss() -> Tensor:
        first, second = pairs.draw(BATCH)
        return encoders.loss(first, second.roll(roll, 0))

    optimiser, found = torch.optim.Adam(encoders.parameters(), lr=RATE), [right(*encoders(x, y))]
    for _ in range(TIMES):
        descend(optimiser, loss, steps=EVERY)
        found.append(right(*encoders(x, y)))
    return encoders, found


def right(u: Tensor, v: Tensor) -> float:
    """Return the share of first points whose partner is the most similar of the second points."""
    return ((u @ v.T).argmax(1) == torch.arange(len(u))).double().mean().item()


def linear(pairs: Pairs, x: Tensor, y: Tensor) -> float:
    """Return the share of partners found by the least squares prediction of a second view from the first."""
    first, second = pairs.draw(BATCH * EVERY * TIMES)
    predicted = x @ torch.linalg.lstsq(first, second).solution
    return right(F.normalize(predicted, dim=1), F.normalize(y, dim=1))


def distance(u: Tensor, v: Tensor) -> float:
    """Return the mean squared distance of partners, over that of all pairs."""
    return ((u - v).square().sum(1).mean() / torch.cdist(u, v).square().mean()).item()


def uniformity(u: Tensor) -> float:
    """Return the log of the mean of exp(-2 d^2) over all pairs of different points with the distance d."""
    return (-2 * torch.pdist(u).square()).exp().mean().log().item()

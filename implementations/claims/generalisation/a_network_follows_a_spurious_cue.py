"""Experiment: digits with an added cue that predicts the label in training, but not in the test.

Source: the lecture, S13; Geirhos et al. 2020 (geirhos2020shortcut) for such cues in practice, Arjovsky et al. 2019
(arjovsky2019invariant) for such a construction of a cue.

Method: ten inputs are added to the 64 pixels, of which one is 1. In training this is the input of the label for 99 in
100 images, and a random one for the rest. A perceptron is trained on 1200 images and tested on 597 others, with cues
that agree with the label as often as in training, and with cues that are independent of it. A second perceptron is
trained with cues that are independent of the label.

Measures:
    right: accuracy on new images, cues as in training.
    lost: this accuracy, less that with random cues.
    right_without: accuracy of the second network on new images with random cues.
    lost_without: its accuracy where cues agree with labels, less that with random cues.
    correlation: share of training images whose cue agrees, 0.1, .., 1; agreeing, random: accuracy by this share, for
        both tests.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.mixing import mixed_digits
from implementations.concepts.task.digits import TRAINING
from kb.training import descend

AGREEING, CHANCE, STEPS, BATCH = 0.99, 0.1, 1000, 64
SHARES = [CHANCE, 0.5, 0.8, 0.9, 0.95, AGREEING, 1.0]


def run(seed: int) -> dict[str, float | list[float]]:
    """Train with cues that agree with the label in different shares of the images.

    Args:
        seed: Seed of split, cues, weights and batches.

    Returns:
        The measures that the module lists.
    """
    found = [accuracies(share, seed) for share in SHARES]
    (right_alike, right_random), (without_alike, without_random) = found[SHARES.index(AGREEING)], found[0]
    return {
        "right": right_alike,
        "lost": right_alike - right_random,
        "right_without": without_random,
        "lost_without": without_alike - without_random,
        "correlation": SHARES,
        "agreeing": [alike for alike, _ in found],
        "random": [random for _, random in found],
    }


def accuracies(share: float, seed: int) -> tuple[float, float]:
    """Train with a share of agreeing cues; return the accuracies with 99 in 100 agreeing and with random cues."""
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    data = mixed_digits(generator)
    images, labels = data.images[:TRAINING], data.labels[:TRAINING]
    inputs = with_cues(images, labels, share, generator)
    network = MLP(in_features=74, hidden=[64], out_features=10)

    def loss() -> Tensor:
        chosen = torch.randint(0, TRAINING, (BATCH,), generator=generator)
        return F.cross_entropy(network(inputs[chosen]), labels[chosen])

    descend(torch.optim.Adam(network.parameters(), lr=3e-3), loss, steps=STEPS)
    new, expected = data.images[TRAINING:], data.labels[TRAINING:]
    agreeing, random = (
        (network(with_cues(new, expected, part, generator)).argmax(1) == expected).float().mean().item()
        for part in (AGREEING, CHANCE)
    )
    return agreeing, random


def with_cues(images: Tensor, labels: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Return images with ten more inputs, one of which is 1: the label's for a share of images, else a random one.

    A tenth of random cues agree by chance, which the share includes: all cues are random where it is a tenth.
    """
    copied = torch.rand(len(labels), generator=generator) < (share - CHANCE) / (1 - CHANCE)
    drawn = torch.randint(0, 10, labels.shape, generator=generator)
    return torch.cat([images, F.one_hot(torch.where(copied, labels, drawn), 10).float()], 1)

"""Experiment: a perceptron is trained on digits with their labels, and with labels drawn at random.

Source: the lecture's L487-L503; Zhang et al. 2017 (zhang2016understanding).

Method: a perceptron with one hidden layer of 512 units is trained by Adam on all 1200 training images at once until it
classifies 99 in 100 as labelled, or for 2000 steps. Random labels are drawn once, each digit as likely as the other.

Measures:
    fitted_random: share of training images that are classified as labelled, labels random.
    test_random: accuracy on test images after this.
    test_true: accuracy on test images where the labels were true.
    slower: steps until 99 in 100 are fitted, labels random, by those for true labels.
    fitted_narrow: as `fitted_random`, for a hidden layer of four units.
    step: 0, 10, .., 500; true_labels, random_labels: share of training images classified as labelled.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.feedforward.mlp import MLP
from implementations.concepts.task.digits import TRAINING, Digits
from kb.training import descend

UNITS, NARROW, RATE, STEPS, SHOWN, LAST = 512, 4, 3e-3, 2000, 10, 500
FITTED = 0.99


def run(seed: int) -> dict[str, float | list[float]]:
    """Fit both kinds of labels, and one with a narrow network.

    Args:
        seed: Seed of weights and labels.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    data = Digits(generator=generator)
    images, true = data.images[:TRAINING], data.labels[:TRAINING]
    drawn = torch.randint(0, 10, true.shape, generator=generator)
    network, random_network = perceptron(UNITS, seed), perceptron(UNITS, seed)
    shares, random_shares = fitted(network, images, true), fitted(random_network, images, drawn)
    return {
        "fitted_random": random_shares[-1],
        "test_random": right(random_network, data.images[TRAINING:], data.labels[TRAINING:]),
        "test_true": right(network, data.images[TRAINING:], data.labels[TRAINING:]),
        "slower": len(random_shares) / len(shares),
        "fitted_narrow": fitted(perceptron(NARROW, seed), images, drawn)[-1],
        "step": [float(step) for step in range(0, LAST + 1, SHOWN)],
        "true_labels": _shown(shares),
        "random_labels": _shown(random_shares),
    }


def perceptron(units: int, seed: int) -> MLP:
    """Return a perceptron with one hidden layer."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return MLP(in_features=64, hidden=[units], out_features=10)


def fitted(network: nn.Module, images: Tensor, labels: Tensor) -> list[float]:
    """Train until nearly all labels are fitted, and return the share of those that are, by tens of steps."""
    optimiser, shares = torch.optim.Adam(network.parameters(), lr=RATE), [right(network, images, labels)]
    while shares[-1] < FITTED and SHOWN * len(shares) < STEPS:
        descend(optimiser, lambda: F.cross_entropy(network(images), labels), steps=SHOWN)
        shares.append(right(network, images, labels))
    return shares


@torch.no_grad()
def right(network: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Return the share of images that are classified as labelled."""
    return (network(images).argmax(1) == labels).float().mean().item()


def _shown(shares: list[float]) -> list[float]:
    """Return the shares up to the last step that is shown; a network that is done stays as it is."""
    length = LAST // SHOWN + 1
    return (shares + [shares[-1]] * length)[:length]

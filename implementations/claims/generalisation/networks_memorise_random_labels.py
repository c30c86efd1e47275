"""Experiment: a perceptron is trained on digits with their labels, and with labels drawn at random.

Source: the lecture, S12; Zhang et al. 2017 (zhang2016understanding).

Method: a perceptron with one hidden layer of 512 units is trained for 2000 steps on all 1200 training images at once,
by gradient descent with momentum. Random labels are drawn once, each digit as likely as the other. Steps are counted
until 99 in 100 images are classified as labelled; networks that never reach this count as 2000.

Measures:
    fitted_random: share of training images that are classified as labelled, labels random.
    test_random: accuracy on test images after this.
    test_true: accuracy on test images where the labels were true.
    slower: steps until 99 in 100 are fitted, for random labels, divided by those for true labels.
    slower_adam: the same for Adam.
    fitted_narrow: as `fitted_random`, for a hidden layer of four units.
    step: 0, 10, .., 2000; true_labels, random_labels: share of training images classified as labelled.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.feedforward.mlp import MLP
from implementations.concepts.task.digits import TRAINING, Digits
from kb.training import descend

UNITS, NARROW, STEPS, SHOWN, FITTED = 512, 4, 2000, 10, 0.99
Optimiser = Callable[[nn.Module], torch.optim.Optimizer]


def run(seed: int) -> dict[str, float | list[float]]:
    """Fit both kinds of labels, and random ones with a narrow network.

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
    adam, random_adam = (fitted(perceptron(UNITS, seed), images, labels, by_adam) for labels in (true, drawn))
    return {
        "fitted_random": random_shares[-1],
        "test_random": accuracy(random_network, data.images[TRAINING:], data.labels[TRAINING:]),
        "test_true": accuracy(network, data.images[TRAINING:], data.labels[TRAINING:]),
        "slower": steps_to_fit(random_shares) / steps_to_fit(shares),
        "slower_adam": steps_to_fit(random_adam) / steps_to_fit(adam),
        "fitted_narrow": fitted(perceptron(NARROW, seed), images, drawn)[-1],
        "step": [float(step) for step in range(0, STEPS + 1, SHOWN)],
        "true_labels": shares,
        "random_labels": random_shares,
    }


def perceptron(units: int, seed: int) -> MLP:
    """Return a perceptron with one hidden layer."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return MLP(in_features=64, hidden=[units], out_features=10)


def by_momentum(network: nn.Module) -> torch.optim.Optimizer:
    """Return gradient descent with momentum."""
    return torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)


def by_adam(network: nn.Module) -> torch.optim.Optimizer:
    """Return Adam."""
    return torch.optim.Adam(network.parameters(), lr=3e-3)


def fitted(network: nn.Module, images: Tensor, labels: Tensor, by: Optimiser = by_momentum) -> list[float]:
    """Train, and return the share of images that are classified as labelled, every ten steps."""
    optimiser, shares = by(network), [accuracy(network, images, labels)]
    for _ in range(STEPS // SHOWN):
        descend(optimiser, lambda: F.cross_entropy(network(images), labels), steps=SHOWN)
        shares.append(accuracy(network, images, labels))
    return shares


def steps_to_fit(shares: list[float]) -> int:
    """Return the step after which nearly all are fitted, or the last one."""
    return SHOWN * next((index for index, share in enumerate(shares) if share >= FITTED), len(shares) - 1)


@torch.no_grad()
def accuracy(network: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Return the share of images that are classified as labelled."""
    return (network(images).argmax(1) == labels).float().mean().item()

"""Experiment: a perceptron is tested on digits that are changed along the sign of its gradient.

Source: the lecture, S5; Goodfellow, Shlens & Szegedy 2015 (goodfellow2014explaining), Szegedy et al. 2014
(szegedy2013intriguing).

Method: a perceptron with two hidden layers is trained on the digits, which are split into training and test images at
random. Every pixel of a test image is then changed by the same amount, in the direction that raises the loss, or in a
random direction. Pixels lie between 0 and 1.

Measures:
    right: accuracy on unchanged test images.
    right_signed: accuracy after a step of 0.15 along the sign of the gradient.
    right_random: accuracy after a change of the same size with random signs.
    confidence: mean probability of the wrong answers after the step along the sign.
    right_other: accuracy of a second network, from other first weights, on the images made for the first.
    size: 0, 0.025, .., 0.3; signed, random: accuracies by the size of the change.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.mixing import mixed_digits
from implementations.concepts.task.digits import Digits
from kb.training import fit

SIZE, STEPS = 0.15, 800
SIZES = [0.0, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3]


def run(seed: int) -> dict[str, float | list[float]]:
    """Train two networks, and change the test images.

    Args:
        seed: Seed of weights, batches and random signs.

    Returns:
        The measures that the module lists.
    """
    task = mixed_digits(torch.Generator().manual_seed(seed))
    network, other = trained(task, 2 * seed), trained(task, 2 * seed + 1)
    inputs, labels = task.test()
    images = inputs["x"]
    signs = slope(network, images, labels).sign()
    drawn = 2.0 * torch.randint(0, 2, images.shape, generator=task.generator) - 1
    fooled = network(images + SIZE * signs).softmax(1).max(1)
    wrong = fooled.indices != labels
    signed, random = (
        [accuracy(network, images + size * direction, labels) for size in SIZES] for direction in (signs, drawn)
    )
    return {
        "right": signed[0],
        "right_signed": signed[SIZES.index(SIZE)],
        "right_random": random[SIZES.index(SIZE)],
        "confidence": fooled.values[wrong].mean().item(),
        "right_other": accuracy(other, images + SIZE * signs, labels),
        "size": SIZES,
        "signed": signed,
        "random": random,
    }


def trained(task: Digits, seed: int) -> MLP:
    """Return a perceptron that was trained on the digits."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = MLP(in_features=64, hidden=[64, 64], out_features=10)
    fit(network, task, steps=STEPS)
    return network


def slope(network: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
    """Return the gradient of the loss with respect to every image."""
    images = images.clone().requires_grad_()
    return torch.autograd.grad(F.cross_entropy(network(images), labels, reduction="sum"), images)[0]


@torch.no_grad()
def accuracy(network: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Return the share of images that are classified correctly."""
    return (network(images).argmax(1) == labels).float().mean().item()

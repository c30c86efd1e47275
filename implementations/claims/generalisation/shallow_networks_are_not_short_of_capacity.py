"""Experiment: can a network with one hidden layer represent what a deep one has learned?

Source: the lecture, S4; Ba & Caruana 2014 (ba2013do) for training shallow networks on the outputs of deep ones.

Method: a perceptron with one hidden layer of 512 units is trained on 1200 digits by gradient descent with momentum on
all at once. A deep one, with three hidden layers of 64 units, is trained on them too. A shallow one with 512 units is
then trained on the same images, to lower the squared difference of its outputs from those of the deep one, before the
softmax. Both are compared on the 597 other digits. Finally the same is tried with four hidden units.

Measures:
    fitted: share of training images that the shallow network classifies correctly, trained on the labels.
    apart: difference of the accuracies of the deep network and its shallow mimic on new digits.
    agreeing: share of new digits for which both predict the same label.
    fitted_narrow: as `fitted`, with four hidden units.
    apart_narrow: as `apart`, with four hidden units.
    accuracies: on new digits, of the deep network, the mimic, and the shallow network trained on labels.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.mixing import mixed_digits
from implementations.claims.precision import double_precision
from implementations.concepts.task.digits import TRAINING
from kb.training import descend, fit

WIDE, NARROW, DEEP, STEPS, BATCH = 512, 4, [64, 64, 64], 1200, 128


@double_precision()
def run(seed: int) -> dict[str, float | list[float]]:
    """Train deep and shallow networks.

    Args:
        seed: Seed of split, weights and batches.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    task = mixed_digits(torch.Generator().manual_seed(seed))
    task.images = task.images.double()
    images, labels = task.images[:TRAINING], task.labels[:TRAINING]
    new, expected = task.images[TRAINING:], task.labels[TRAINING:]
    deep = MLP(in_features=64, hidden=DEEP, out_features=10)
    fit(deep, task, steps=1000)
    shallow, narrow = (fitted(units, images, labels) for units in (WIDE, NARROW))
    mimic, narrow_mimic = (mimicking(units, deep, images, task.generator) for units in (WIDE, NARROW))
    right = [share(network, new, expected) for network in (deep, mimic, shallow, narrow_mimic)]
    return {
        "fitted": share(shallow, images, labels),
        "apart": abs(right[0] - right[1]),
        "agreeing": share(mimic, new, deep(new).argmax(1)),
        "fitted_narrow": share(narrow, images, labels),
        "apart_narrow": abs(right[0] - right[3]),
        "accuracies": right[:3],
    }


def shallow_network(units: int) -> MLP:
    """Return a perceptron with one hidden layer."""
    return MLP(in_features=64, hidden=[units], out_features=10)


def fitted(units: int, images: Tensor, labels: Tensor) -> MLP:
    """Return a shallow network that was trained on labels."""
    network = shallow_network(units)
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    descend(optimiser, lambda: F.cross_entropy(network(images), labels), steps=STEPS // 2)
    return network


def mimicking(units: int, deep: nn.Module, images: Tensor, generator: torch.Generator) -> MLP:
    """Return a shallow network that was trained on the outputs of a deep one."""
    network, logits = shallow_network(units), deep(images).detach()
    optimiser = torch.optim.Adam(network.parameters(), lr=3e-3)

    def loss() -> Tensor:
        chosen = torch.randint(0, len(images), (BATCH,), generator=generator)
        return (network(images[chosen]) - logits[chosen]).square().mean()

    descend(optimiser, loss, steps=STEPS)
    return network


@torch.no_grad()
def share(network: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Return the share of images to which a network gives these labels."""
    return (network(images).argmax(1) == labels).float().mean().item()

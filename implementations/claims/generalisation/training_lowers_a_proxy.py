"""Experiment: the quantity that training lowers, and the error rate on new images.

Source: the lecture, S12.

Method: a perceptron is trained on all 1200 training digits at once, by gradient descent with momentum on the
cross-entropy. Its cross-entropy on these digits, and its error rate on the 597 others, are followed. After half of
the steps, the weights are moved by 1e-9 of their length in 100 random directions, in double precision, and both
quantities are compared before and after.

Measures:
    falls: cross-entropy on training images at the end, divided by that after half of the steps.
    rises: number of times that it rises in the second half, from one recorded step to the next.
    flat: largest difference of the error rates on test images in the second half.
    fell: error rate on test images before training, less that after half of the steps.
    moved: number of random directions in which a tiny step changes the error rate on test images.
    moved_loss: number of random directions in which a tiny step changes the cross-entropy.
    step: 0, 20, .., 1000; cross_entropy, error_rate: by steps of training.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.mixing import mixed_digits
from implementations.concepts.task.digits import TRAINING
from kb.training import descend

STEPS, SHOWN, DIRECTIONS, TINY = 1000, 20, 100, 1e-9


def run(seed: int) -> dict[str, float | list[float]]:
    """Train, and follow both quantities.

    Args:
        seed: Seed of split, weights and directions.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    data = mixed_digits(torch.Generator().manual_seed(seed))
    images, labels = data.images.double(), data.labels
    training, test = (images[:TRAINING], labels[:TRAINING]), (images[TRAINING:], labels[TRAINING:])
    network = MLP(in_features=64, hidden=[64], out_features=10).double()
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    losses, rates, half, moved = [], [], STEPS // SHOWN // 2, (0, 0)
    for shown in range(STEPS // SHOWN + 1):
        losses.append(cross_entropy(network, *training).item())
        rates.append(error_rate(network, *test))
        if shown == half:
            moved = moves(network, training, test)
        descend(optimiser, lambda: cross_entropy(network, *training), steps=SHOWN)
    return {
        "falls": losses[-1] / losses[half],
        "rises": float(sum(after > before for before, after in pairwise(losses[half:]))),
        "flat": max(rates[half:]) - min(rates[half:]),
        "fell": rates[0] - rates[half],
        "moved": float(moved[0]),
        "moved_loss": float(moved[1]),
        "step": [float(step) for step in range(0, STEPS + 1, SHOWN)],
        "cross_entropy": losses,
        "error_rate": rates,
    }


def cross_entropy(network: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
    """Return the mean cross-entropy."""
    return F.cross_entropy(network(images), labels)


def error_rate(network: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Return the share of images that are classified wrongly."""
    return (network(images).argmax(1) != labels).double().mean().item()


@torch.no_grad()
def moves(network: nn.Module, training: tuple[Tensor, Tensor], test: tuple[Tensor, Tensor]) -> tuple[int, int]:
    """Return the numbers of random directions in which a tiny step changes the error rate, and the cross-entropy."""
    parameters = list(network.parameters())
    start = nn.utils.parameters_to_vector(parameters).clone()
    rate, loss = error_rate(network, *test), cross_entropy(network, *training)
    rates_moved = losses_moved = 0
    for _ in range(DIRECTIONS):
        direction = torch.randn_like(start)
        nn.utils.vector_to_parameters(start + TINY * start.norm() * direction / direction.norm(), parameters)
        rates_moved += error_rate(network, *test) != rate
        losses_moved += bool(cross_entropy(network, *training) != loss)
    nn.utils.vector_to_parameters(start, parameters)
    return rates_moved, losses_moved

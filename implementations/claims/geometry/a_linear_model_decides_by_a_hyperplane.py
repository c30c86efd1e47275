"""Experiment: how often does the decision of a linear model change along a straight segment?

Source: the lecture, S3.

Method: a linear model and a perceptron with two hidden layers, both with one output, learn whether a digit is odd. Both
are evaluated at 51 points along each of 10,000 segments between two random images. The changes of the sign of the
output are counted. At the middle of each segment the output is compared with the mean of those at its ends.

Measures:
    most_changes: largest number of changes of sign along a segment, linear model.
    most_changes_perceptron: the same for the perceptron.
    crossing: share of the segments along which the linear model changes its decision.
    middle_error: largest difference at the middle from the mean of the ends, divided by the largest output, linear
        model.
    middle_error_perceptron: the same for the perceptron.
    changes: 0, 1, 2, 3; linear, perceptron: share of the segments with this number of changes; 3 stands for 3 or more.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.feedforward.linear_model import LinearModel
from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.agreement import difference
from implementations.claims.mixing import mixed_digits
from kb.training import descend

SEGMENTS, POINTS, STEPS, AT_ONCE = 10_000, 51, 300, 500


def run(seed: int) -> dict[str, float | list[float]]:
    """Train both, and evaluate them along segments.

    Args:
        seed: Seed of weights and segments.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    task = mixed_digits(generator)
    images, odd = task.images.double(), (task.labels % 2).double()
    networks = LinearModel(in_features=64, out_features=1), MLP(in_features=64, hidden=[64, 64], out_features=1)
    start, end = (images[torch.randint(0, len(images), (SEGMENTS,), generator=generator)] for _ in range(2))
    linear, perceptron = (trained(network.double(), images, odd) for network in networks)
    counts, counts_perceptron = (changes(network, start, end) for network in (linear, perceptron))
    return {
        "most_changes": counts.max().item(),
        "most_changes_perceptron": counts_perceptron.max().item(),
        "crossing": (counts > 0).double().mean().item(),
        "middle_error": middle_error(linear, start, end),
        "middle_error_perceptron": middle_error(perceptron, start, end),
        "changes": [0.0, 1.0, 2.0, 3.0],
        "linear": shares(counts),
        "perceptron": shares(counts_perceptron),
    }


def trained(network: nn.Module, images: Tensor, odd: Tensor) -> nn.Module:
    """Return the network after training on which digits are odd."""

    def loss() -> Tensor:
        return F.binary_cross_entropy_with_logits(network(images)[:, 0], odd)

    descend(torch.optim.Adam(network.parameters(), lr=0.01), loss, steps=STEPS)
    return network.requires_grad_(False)


def changes(network: nn.Module, start: Tensor, end: Tensor) -> Tensor:
    """Return for each segment how often the sign of the output changes along it."""
    along = torch.linspace(0, 1, POINTS, dtype=start.dtype)[:, None]
    counts = []
    for first, last in zip(start.split(AT_ONCE), end.split(AT_ONCE), strict=True):
        points = first[:, None] + along * (last - first)[:, None]  # [segments, points, pixels]
        positive = network(points.flatten(0, 1)).view(len(first), POINTS) > 0
        counts.append((positive[:, 1:] != positive[:, :-1]).double().sum(1))
    return torch.cat(counts)


def middle_error(network: nn.Module, start: Tensor, end: Tensor) -> float:
    """Return by how much the output at the middle differs from the mean of those at the ends."""
    return difference(network((start + end) / 2), (network(start) + network(end)) / 2)


def shares(counts: Tensor) -> list[float]:
    """Return the shares of no change, one, two, and three or more."""
    return [(counts.clamp(max=3) == number).double().mean().item() for number in range(4)]

"""Experiment: two trained networks, the line between their weights, and a curve that is trained to avoid the barrier.

Source: the lecture, S8; Garipov et al. 2018 (garipov2018loss).

Method: two perceptrons with two hidden layers of 64 rectified units are trained on the digits from different weights.
A quadratic Bezier curve joins them: its ends are fixed, and its bend is trained for 3000 steps to lower the loss of a
batch at a point of the curve, both of which are drawn in every step. Then the training loss is computed at 61 points of
the line and of the curve.

Measures:
    barrier: largest loss on the line, divided by the larger loss of the two ends.
    on_curve: largest loss on the curve, divided by the same.
    ends: the larger loss of the two ends.
    random_bend: largest loss, divided by `ends`, on a curve whose bend is as far from the line's middle in a random
        direction.
    distance: of the trained bend from the line's middle, divided by the length of the line.
    position: 0, 1/60, .., 1; straight, curved: the losses.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.weights import along, called, flat, line
from implementations.concepts.task.digits import TRAINING, Digits
from kb.training import descend, fit

STEPS, RATE, POINTS = 3000, 3e-3, 61


def run(seed: int) -> dict[str, float | list[float]]:
    """Train two networks and a curve between them.

    Args:
        seed: Seed of weights, batches and points.

    Returns:
        The measures that the module lists.
    """
    task = Digits(generator=torch.Generator().manual_seed(seed))
    network, other = trained(task, seed), trained(task, seed + 1000)
    start, end = flat(network), flat(other)
    middle = (start + end) / 2
    bend = trained_bend(network, start, end, task)
    away = torch.randn_like(middle)
    away *= (bend - middle).norm() / away.norm()
    positions = torch.linspace(0, 1, POINTS)

    def losses(points: list[Tensor]) -> list[float]:
        images, labels = task.images[:TRAINING], task.labels[:TRAINING]
        return along(network, points, images, lambda output: F.cross_entropy(output, labels))

    straight = losses(line(start, end, POINTS))
    curved = losses([on_curve(start, bend, end, position) for position in positions])
    random = losses([on_curve(start, middle + away, end, position) for position in positions])
    ends = max(straight[0], straight[-1])
    return {
        "barrier": max(straight) / ends,
        "on_curve": max(curved) / ends,
        "ends": ends,
        "random_bend": max(random) / ends,
        "distance": ((bend - middle).norm() / (end - start).norm()).item(),
        "position": positions.tolist(),
        "straight": straight,
        "curved": curved,
    }


def trained(task: Digits, seed: int) -> MLP:
    """Return a network trained from the weights of a seed."""
    torch.manual_seed(seed)
    network = MLP(in_features=64, hidden=[64, 64], out_features=10)
    fit(network, task)
    return network


def on_curve(start: Tensor, bend: Tensor, end: Tensor, position: Tensor) -> Tensor:
    """Return a point of the quadratic Bezier curve."""
    return (1 - position) ** 2 * start + 2 * position * (1 - position) * bend + position**2 * end


def trained_bend(network: MLP, start: Tensor, end: Tensor, task: Digits) -> Tensor:
    """Return the bend that minimises the mean loss over the points of the curve."""
    bend = ((start + end) / 2).requires_grad_()

    def loss() -> Tensor:
        inputs, labels = task.batch()
        return F.cross_entropy(called(network, on_curve(start, bend, end, torch.rand(())), inputs["x"]), labels)

    descend(torch.optim.Adam([bend], lr=RATE), loss, steps=STEPS)
    return bend.detach()

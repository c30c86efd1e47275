"""Experiment: the training loss on the straight line from the first weights of training to the last.

Source: the lecture, S8; Goodfellow, Vinyals & Saxe 2015 (goodfellow2015qualitatively).

Method: a perceptron with two hidden layers of 64 rectified units is trained on the digits by stochastic gradient
descent. The loss of all training images is then computed at 51 points of the line through its first and its last
weights. A second network, trained from other weights, gives a line between two solutions, for comparison.

Measures:
    rise: largest upward step between neighbouring points of the line, divided by the loss at the start.
    end: loss at the end, divided by that at the start.
    rise_between: largest upward step on the line between two solutions, divided by the same loss.
    detour: length of the path of training, measured at every tenth step, divided by that of the line.
    place: 0, 0.02, .., 1; from_start, between: the losses.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.weights import along, flat, line
from implementations.concepts.task.digits import TRAINING, Digits
from kb.training import batch_loss, descend

RATE, STEPS, SEEN, POINTS = 0.1, 1500, 10, 51


def run(seed: int) -> dict[str, float | list[float]]:
    """Train two networks and compute the loss along two lines.

    Args:
        seed: Seed of weights and batches.

    Returns:
        The measures that the module lists.
    """
    network, path = trained(seed)
    other, _ = trained(seed + 1000)
    task = Digits(generator=torch.Generator())
    images, labels = task.images[:TRAINING], task.labels[:TRAINING]

    def losses(start: Tensor, end: Tensor) -> list[float]:
        return along(network, line(start, end, POINTS), images, lambda output: F.cross_entropy(output, labels))

    start, end = path[0], path[-1]
    walked, between = losses(start, end), losses(end, flat(other))
    steps = torch.stack(path).diff(dim=0).norm(dim=1)
    return {
        "rise": largest_rise(walked) / walked[0],
        "end": walked[-1] / walked[0],
        "rise_between": largest_rise(between) / walked[0],
        "detour": (steps.sum() / (end - start).norm()).item(),
        "place": torch.linspace(0, 1, POINTS).tolist(),
        "from_start": walked,
        "between": between,
    }


def trained(seed: int) -> tuple[MLP, list[Tensor]]:
    """Return a trained network, and its weights at every tenth step."""
    torch.manual_seed(seed)
    network = MLP(in_features=64, hidden=[64, 64], out_features=10)
    task = Digits(generator=torch.Generator().manual_seed(seed))
    optimiser = torch.optim.SGD(network.parameters(), lr=RATE)
    path = [flat(network)]
    for _ in range(STEPS // SEEN):
        descend(optimiser, batch_loss(network, task), steps=SEEN)
        path.append(flat(network))
    return network, path


def largest_rise(losses: list[float]) -> float:
    """Return the largest upward step; negative where all steps go down."""
    return torch.tensor(losses).diff().max().item()

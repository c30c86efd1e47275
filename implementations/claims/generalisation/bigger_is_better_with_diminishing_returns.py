"""Experiment: the loss on test images of perceptrons of growing width.

Source: the lecture, S17.

Method: perceptrons with one hidden layer of 2 to 256 units are trained on the digits, all equally long.

Measures:
    gain_first: test loss at width 2 less that at width 8.
    gain_last: test loss at width 64 less that at width 256.
    worst_rise: largest rise of the test loss from one width to the next, a doubling.
    gain_untrained: test loss at width 2 less that at width 256, before training.
    width: 2, 4, .., 256; loss: the test loss.
"""

from itertools import pairwise

import torch

from implementations.architectures.feedforward.mlp import MLP
from implementations.concepts.task.digits import Digits
from kb.training import fit

WIDTHS, STEPS = [2, 4, 8, 16, 32, 64, 128, 256], 600


def run(seed: int) -> dict[str, float | list[float]]:
    """Train a network of every width.

    Args:
        seed: Seed of weights and batches.

    Returns:
        The measures that the module lists.
    """
    losses = {width: test_loss(width, seed, STEPS) for width in WIDTHS}
    values = list(losses.values())
    return {
        "gain_first": losses[2] - losses[8],
        "gain_last": losses[64] - losses[256],
        "worst_rise": max(wide - narrow for narrow, wide in pairwise(values)),
        "gain_untrained": test_loss(2, seed, 0) - test_loss(256, seed, 0),
        "width": [float(width) for width in WIDTHS],
        "loss": values,
    }


def test_loss(width: int, seed: int, steps: int) -> float:
    """Train a network, and return its loss on test images."""
    torch.manual_seed(seed)
    network = MLP(in_features=64, hidden=[width], out_features=10)
    task = Digits(generator=torch.Generator().manual_seed(seed))
    fit(network, task, steps=steps)
    inputs, target = task.test()
    with torch.no_grad():
        return task.loss(network(**inputs), target).item()

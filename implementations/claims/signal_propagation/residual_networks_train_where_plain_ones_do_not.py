"""Experiment: the training loss of deep networks with shortcuts and without.

Source: the lecture, S18; He et al. 2016 (he2016deep).

Method: networks of up to forty layers of 32 features, each of batch normalisation, a rectifier and a linear map by He's
rule, with or without the input of each layer added to its output. Both have normalisation, as in the paper, so that the
size of signals is not the cause of the difference. They are trained on the digits by Adam for 300 steps.

Measures:
    ratio: loss of the residual network divided by that of the plain one, forty layers, mean over the last twenty steps.
    residual, plain: the two losses.
    ratio_shallow: as `ratio`, for two layers.
    depth: 2, 5, 10, 20, 40; with_shortcuts, without: the losses by depth.
"""

import torch

from implementations.claims.precision import double_precision
from implementations.claims.stacking import stack
from implementations.concepts.task.digits import Digits
from kb.training import batch_loss, descend

DEPTHS, WIDTH, RATE, STEPS, LAST = [2, 5, 10, 20, 40], 32, 3e-3, 300, 20


@double_precision()
def run(seed: int) -> dict[str, float | list[float]]:
    """Train networks of every depth.

    Args:
        seed: Seed of weights and batches.

    Returns:
        The measures that the module lists.
    """
    losses = {shortcut: [final_loss(depth, shortcut, seed) for depth in DEPTHS] for shortcut in (True, False)}
    return {
        "ratio": losses[True][-1] / losses[False][-1],
        "residual": losses[True][-1],
        "plain": losses[False][-1],
        "ratio_shallow": losses[True][0] / losses[False][0],
        "depth": [float(depth) for depth in DEPTHS],
        "with_shortcuts": losses[True],
        "without": losses[False],
    }


def final_loss(depth: int, shortcut: bool, seed: int) -> float:
    """Train a fresh network, and return the mean loss of the last steps."""
    network = stack(depth, inputs=64, width=WIDTH, outputs=10, seed=seed, normalise=True, shortcut=shortcut)
    task = Digits(generator=torch.Generator().manual_seed(seed))
    task.images = task.images.double()
    optimiser = torch.optim.Adam(network.parameters(), lr=RATE)
    losses = descend(optimiser, batch_loss(network, task), steps=STEPS)
    return sum(losses[-LAST:]) / LAST

"""Experiment: how many gradients of single examples it takes to reach a training loss, a few at a time or all at once.

Source: the lecture, S10; Robbins & Monro 1951 (robbins1951stochastic).

Method: a perceptron with one hidden layer of 32 rectified units learns the digits until the loss of all its training
images is 0.1: by gradient descent on all 1200 images at once, with the best of three rates, and by stochastic gradient
descent on batches of 16 with one rate. Passes are counted: the number of gradients of examples, divided by the number
of training images. The loss is computed after every pass; a run that does not reach the goal in 150 passes counts as
150. The same is done with 32 of the images, where little can be saved.

Measures:
    saving: passes that gradient descent needs, divided by those of stochastic gradient descent.
    saving_few: the same where there are 32 training images.
    all, few: passes needed, with all examples at once and with few at a time.
    passes: 1, 2, .., 150; all_at_once, few_at_a_time: training loss.
"""

import torch
from torch.nn import functional as F

from implementations.architectures.feedforward.mlp import MLP
from implementations.concepts.task.digits import TRAINING, Digits
from kb.training import descend

GOAL, BATCH, RATE, RATES, FEW, PASSES = 0.1, 16, 0.1, (0.1, 0.3, 1.0), 32, 150


def run(seed: int) -> dict[str, float | list[float]]:
    """Train by both, on many images and on few.

    Args:
        seed: Seed of weights and batches.

    Returns:
        The measures that the module lists.
    """
    whole = min((losses(TRAINING, TRAINING, rate, seed) for rate in RATES), key=needed)
    small = losses(TRAINING, BATCH, RATE, seed)
    whole_few = min(needed(losses(FEW, FEW, rate, seed)) for rate in RATES)
    return {
        "saving": needed(whole) / needed(small),
        "saving_few": whole_few / needed(losses(FEW, BATCH, RATE, seed)),
        "all": needed(whole),
        "few": needed(small),
        "passes": [float(number + 1) for number in range(PASSES)],
        "all_at_once": whole,
        "few_at_a_time": small,
    }


def losses(examples: int, batch: int, rate: float, seed: int) -> list[float]:
    """Train on the first examples; return the training loss after every pass."""
    torch.manual_seed(seed)
    network = MLP(in_features=64, hidden=[32], out_features=10)
    data = Digits(generator=torch.Generator())
    images, labels = data.images[:examples], data.labels[:examples]
    optimiser = torch.optim.SGD(network.parameters(), lr=rate)
    found: list[float] = []

    def loss() -> torch.Tensor:
        chosen = torch.randperm(examples)[:batch]
        return F.cross_entropy(network(images[chosen]), labels[chosen])

    for _ in range(PASSES):
        descend(optimiser, loss, steps=examples // batch)
        with torch.no_grad():
            found.append(F.cross_entropy(network(images), labels).item())
    return found


def needed(losses: list[float]) -> float:
    """Return the number of passes after which the goal is reached, or all of them."""
    return float(next((number + 1 for number, loss in enumerate(losses) if loss <= GOAL), PASSES))

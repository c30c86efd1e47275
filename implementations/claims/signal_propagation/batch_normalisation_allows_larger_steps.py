"""Experiment: up to which learning rate does a network learn, with and without batch normalisation?

Source: the lecture, S18; Ioffe & Szegedy 2015 (ioffe2015batch), Santurkar et al. 2018 (santurkar2018how).

Method: networks of five hidden layers with rectified linear units, weights by He's rule, are trained on the digits by
plain stochastic gradient descent for 100 steps, at rates from 0.03 to 10, four in each power of ten. A network learns
if the mean loss of the last ten steps is below a quarter of the loss at chance, log 10. The largest rate is where the
loss crosses this bound for the last time, by linear interpolation between two rates, in logarithms of both.

Measures:
    gain: largest rate with batch normalisation, divided by the largest without.
    gain_frozen: the same for layers that normalise by fixed statistics, mean zero and variance one, which are the
        identity.
    largest, largest_plain: the two rates.
    rate: 0.03, .., 10; normalised, plain: loss at the end of training, capped at 10.
"""

import math
from collections.abc import Callable

import torch
from torch import nn

from implementations.architectures.feedforward.batch_normalised_network import BatchNormalisedNetwork
from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.precision import double_precision
from implementations.concepts.initialisation.he_initialisation import he_initialisation
from implementations.concepts.task.digits import Digits
from kb.training import batch_loss, descend

RATES = [10 ** (quarter / 4) for quarter in range(-6, 5)]
HIDDEN, STEPS, LAST, BATCH, WORST, LEARNED = [64] * 5, 100, 10, 128, 10.0, math.log(10) / 4


@double_precision()
def run(seed: int) -> dict[str, float | list[float]]:
    """Train at every rate, with and without normalisation.

    Args:
        seed: Seed of weights and batches.

    Returns:
        The measures that the module lists.
    """
    losses = {make.__name__: [final_loss(make, rate, seed) for rate in RATES] for make in (normalised, frozen, plain)}
    largest = {name: largest_that_learns(values) for name, values in losses.items()}
    return {
        "gain": largest["normalised"] / largest["plain"],
        "gain_frozen": largest["frozen"] / largest["plain"],
        "largest": largest["normalised"],
        "largest_plain": largest["plain"],
        "rate": RATES,
        "normalised": losses["normalised"],
        "plain": losses["plain"],
    }


def normalised() -> nn.Module:
    """Return a network with batch normalisation."""
    return BatchNormalisedNetwork(in_features=64, hidden=HIDDEN, classes=10, activation="relu")


def frozen() -> nn.Module:
    """Return the same network, whose normalisation uses the statistics that it starts with."""
    return normalised().eval()


def plain() -> nn.Module:
    """Return a network without normalisation."""
    return MLP(in_features=64, hidden=HIDDEN, out_features=10)


def final_loss(make: Callable[[], nn.Module], rate: float, seed: int) -> float:
    """Train a fresh network, and return the mean loss of the last steps, `WORST` where it overflows."""
    torch.manual_seed(seed)
    network = make()
    for layer in network.modules():
        if isinstance(layer, nn.Linear):
            he_initialisation(layer.weight)
    task = Digits(generator=torch.Generator().manual_seed(seed), batch_size=BATCH)
    task.images = task.images.double()
    optimiser = torch.optim.SGD(network.parameters(), lr=rate)
    losses = descend(optimiser, batch_loss(network, task), steps=STEPS)
    mean = sum(losses[-LAST:]) / LAST
    return min(mean, WORST) if math.isfinite(mean) else WORST


def largest_that_learns(losses: list[float]) -> float:
    """Return the rate at which the loss crosses the bound for the last time; an end of the range if it does not."""
    learning = [index for index, loss in enumerate(losses) if loss < LEARNED]
    last = learning[-1] if learning else -1
    if last in (-1, len(RATES) - 1):
        return RATES[max(last, 0)]
    way = math.log(LEARNED / losses[last]) / math.log(losses[last + 1] / losses[last])
    return RATES[last] * (RATES[last + 1] / RATES[last]) ** way

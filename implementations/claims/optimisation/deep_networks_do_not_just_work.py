"""Experiment: a network whose training works, and the same network with one bad choice.

Source: the lecture, S8, which calls it a myth that deep networks just work.

Method: a perceptron with four hidden layers of 64 rectified units, weights by He's rule, is trained on the digits by
750 steps of stochastic gradient descent. Then one thing at a time is changed: the weights start with a standard
deviation of 0.01; the learning rate is 30 times as large; or there are 40 hidden layers. The last is tried again with
batch normalisation and shortcuts.

Measures:
    usual, small_weights, large_rate, forty_layers, forty_with_shortcuts: training loss after training; one that is not
        finite counts as that at chance.
    step: 0, 25, .., 750; usual_loss, small_weights_loss, large_rate_loss, forty_layers_loss, with_shortcuts_loss:
        the losses during training, capped at ten.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F

from implementations.claims.stacking import stack
from implementations.concepts.task.digits import TRAINING, Digits
from kb.training import batch_loss, descend

LAYERS, MANY, WIDTH, RATE, STEPS, SHOWN = 3, 39, 64, 0.1, 750, 25
GUESSING, HIGHEST = math.log(10), 10.0


def run(seed: int) -> dict[str, float | list[float]]:
    """Train all networks.

    Args:
        seed: Seed of weights and batches.

    Returns:
        The measures that the module lists.
    """

    def made(layers: int, *, remedies: bool = False) -> nn.Module:
        form = {"normalise": remedies, "shortcut": remedies}
        return stack(layers, inputs=64, width=WIDTH, outputs=10, seed=seed, **form)

    found = {
        "usual": trained(made(LAYERS), seed),
        "small_weights": trained(with_small_weights(made(LAYERS), seed), seed),
        "large_rate": trained(made(LAYERS), seed, rate=30 * RATE),
        "forty_layers": trained(made(MANY), seed),
        "forty_with_shortcuts": trained(made(MANY, remedies=True), seed),
    }
    series = {
        f"{name.removeprefix('forty_') if 'with' in name else name}_loss": losses for name, losses in found.items()
    }
    return {
        **{name: losses[-1] for name, losses in found.items()},
        "step": [float(step) for step in range(0, STEPS + 1, SHOWN)],
        **series,
    }


def with_small_weights(network: nn.Module, seed: int) -> nn.Module:
    """Return the network with its weights replaced by ones of standard deviation 0.01."""
    generator = torch.Generator().manual_seed(seed)
    for layer in network.modules():
        if isinstance(layer, nn.Linear):
            nn.init.normal_(layer.weight, std=0.01, generator=generator)
    return network


def trained(network: nn.Module, seed: int, rate: float = RATE) -> list[float]:
    """Train a network, and return the loss of all training images during training."""
    task = Digits(generator=torch.Generator().manual_seed(seed))
    optimiser = torch.optim.SGD(network.parameters(), lr=rate)
    images, labels = task.images[:TRAINING], task.labels[:TRAINING]

    def seen() -> float:
        with torch.no_grad():
            loss = F.cross_entropy(network(images), labels).item()
        return min(loss, HIGHEST) if math.isfinite(loss) else GUESSING

    losses = [seen()]
    for _ in range(STEPS // SHOWN):
        descend(optimiser, batch_loss(network, task), steps=SHOWN)
        losses.append(seen())
    return losses

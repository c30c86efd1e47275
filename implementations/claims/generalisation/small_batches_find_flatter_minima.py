"""Experiment: how flat are the minima that descent finds with small batches, and with all examples at once?

Source: the lecture, S13; Hochreiter & Schmidhuber 1997 (hochreiter1997flat), Keskar et al. 2017
(keskar2016large).

Method: a perceptron with one hidden layer of 64 rectified units is trained on 500 digits by gradient descent with
steps of 0.1, on batches of 8, 32 or 125 examples or on all 500 at once, from the same first weights, until the loss
on all 500 is below 0.02, or in the larger form below 0.002. There the largest eigenvalue of the Hessian of this loss
is found by power iteration, and the accuracy on the other 1297 digits is measured.

Measures:
    flatter: largest eigenvalue after batches of 8, divided by that after all examples at once.
    better: accuracy on new digits after batches of 8, less that after all examples at once.
    loss_ratio: the loss where training was stopped, for batches of 8 divided by that for all at once.
    right_full: accuracy on new digits after training on all examples at once.
    batch: 8, 32, 125, 500; eigenvalue: largest eigenvalue; accuracy: on new digits.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.generalisation.flatness_depends_on_the_weights_not_the_function import sharpness
from implementations.claims.mixing import mixed_digits
from kb.training import descend

EXAMPLES, BATCHES, RATE, ENOUGH, LESS, LONGEST = 500, [8, 32, 125, 500], 0.1, 0.02, 0.002, 200_000


def run(seed: int) -> dict[str, float | list[float]]:
    """Train with batches of all sizes.

    Args:
        seed: Seed of examples, weights and batches.

    Returns:
        The measures that the module lists.
    """
    return measured(seed, ENOUGH)


def thorough(seed: int) -> dict[str, float | list[float]]:
    """Return the same where training goes on to a tenth of the loss."""
    return measured(seed, LESS)


def measured(seed: int, enough: float) -> dict[str, float | list[float]]:
    """Return the measures where the loss is low enough."""
    generator = torch.Generator().manual_seed(seed)
    data = mixed_digits(generator)
    seen = data.images[:EXAMPLES].double(), data.labels[:EXAMPLES]
    new = data.images[EXAMPLES:].double(), data.labels[EXAMPLES:]
    losses, eigenvalues, accuracies = [], [], []
    for batch in BATCHES:
        network = stopped(batch, *seen, seed, enough, generator)
        weights = {name: parameter.detach() for name, parameter in network.named_parameters()}
        losses.append(loss(network, *seen).item())
        eigenvalues.append(sharpness(network, weights, *seen))
        accuracies.append((network(new[0]).argmax(1) == new[1]).double().mean().item())
    return {
        "flatter": eigenvalues[0] / eigenvalues[-1],
        "better": accuracies[0] - accuracies[-1],
        "loss_ratio": losses[0] / losses[-1],
        "right_full": accuracies[-1],
        "batch": [float(batch) for batch in BATCHES],
        "eigenvalue": eigenvalues,
        "accuracy": accuracies,
    }


def loss(network: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
    """Return the mean cross-entropy."""
    return F.cross_entropy(network(images), labels)


def stopped(batch: int, images: Tensor, labels: Tensor, seed: int, enough: float, generator: torch.Generator) -> MLP:
    """Return a network that was trained until the loss on all examples is low enough."""
    torch.manual_seed(seed)
    network = MLP(in_features=64, hidden=[64], out_features=10).double()
    optimiser = torch.optim.SGD(network.parameters(), lr=RATE)

    def of_a_batch() -> Tensor:
        chosen = torch.randperm(len(labels), generator=generator)[:batch]
        return loss(network, images[chosen], labels[chosen])

    for _ in range(0, LONGEST, 10):
        descend(optimiser, of_a_batch, steps=10)
        if loss(network, images, labels).item() < enough:
            break
    return network

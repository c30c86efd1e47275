"""Experiment: the gradients of single examples, their lengths, and the length of their sum.

Source: the lecture, S7.

Method: a perceptron with one hidden layer of 16 units is trained on the digits by gradient descent on all 1200
training images at once. Before and after, the gradient of every example is computed; the length of their sum divided by
the sum of their lengths is one if all have the same direction, and zero if they cancel.

Measures:
    agreement_before, agreement_after: length of the sum divided by the sum of the lengths.
    drop: the first divided by the second.
    longest_after: the longest gradient of an example after training, divided by the mean length before.
    after_by_random: agreement after training, divided by that of as many random vectors, one over the root of their
        number.
    before_by_random: the same before training.
    step: 0, 20, .., 1000; agreement: by step; length: mean length of an example's gradient, divided by that before
        training.
"""

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, vmap
from torch.nn import functional as F

from implementations.architectures.feedforward.mlp import MLP
from implementations.concepts.task.digits import TRAINING, Digits
from kb.training import descend

RATE, STEPS, SHOWN = 0.3, 1000, 20


def run(seed: int) -> dict[str, float | list[float]]:
    """Train, and compute all gradients at intervals.

    Args:
        seed: Seed of the weights.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    network = MLP(in_features=64, hidden=[16], out_features=10).double()
    data = Digits(generator=torch.Generator().manual_seed(seed))
    images, labels = data.images[:TRAINING].double(), data.labels[:TRAINING]
    optimiser = torch.optim.SGD(network.parameters(), lr=RATE)
    found = [gradients_of(network, images, labels)]
    for _ in range(STEPS // SHOWN):
        descend(optimiser, lambda: F.cross_entropy(network(images), labels), steps=SHOWN)
        found.append(gradients_of(network, images, labels))
    by_chance = agreement(torch.randn(found[0].shape, dtype=torch.float64))
    agreements, lengths = [agreement(gradient) for gradient in found], [gradient.norm(dim=1) for gradient in found]
    return {
        "agreement_before": agreements[0],
        "agreement_after": agreements[-1],
        "drop": agreements[0] / agreements[-1],
        "longest_after": (lengths[-1].max() / lengths[0].mean()).item(),
        "after_by_random": agreements[-1] / by_chance,
        "before_by_random": agreements[0] / by_chance,
        "step": [float(step) for step in range(0, STEPS + 1, SHOWN)],
        "agreement": agreements,
        "length": [(values.mean() / lengths[0].mean()).item() for values in lengths],
    }


def gradients_of(network: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
    """Return the gradient of every example with respect to all weights, `[B, parameters]`."""
    weights = {name: parameter.detach() for name, parameter in network.named_parameters()}

    def loss(weights: dict[str, Tensor], image: Tensor, label: Tensor) -> Tensor:
        return F.cross_entropy(functional_call(network, weights, (image[None],)), label[None])

    gradients = vmap(grad(loss), (None, 0, 0))(weights, images, labels)
    return torch.cat([value.flatten(1) for value in gradients.values()], 1)


def agreement(gradient: Tensor) -> float:
    """Return the length of the sum of vectors divided by the sum of their lengths."""
    return (gradient.sum(0).norm() / gradient.norm(dim=1).sum()).item()

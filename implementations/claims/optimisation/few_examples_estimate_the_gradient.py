"""Experiment: is the gradient of a few examples right on average, and how fast does its error fall with their number?

Source: the lecture, S10; Robbins & Monro 1951 (robbins1951stochastic).

Method: the gradients of all 300 examples of the digits task, for a multilayer perceptron with its first weights, are
computed one by one. Minibatches are drawn from them with replacement. The slope is that of the least-squares line of
log variance against log size.

Measures:
    bias: distance of the mean of 100 000 estimates by one example each from the gradient of the mean, relative to it.
    slope: slope of the variance against the size of the minibatch, in logarithms.
    enumerated_error: distance of the mean over all minibatches of one example of the estimate of the gradient of the
        sum, with the factor N, relative to that gradient.
    without_factor: the same without the factor N, which the slide leaves out.
    selected_bias: bias where examples of one class only are drawn.
    size: log2 of the sizes 1, 2, .., 256; variance: log10 of the variance, relative to the gradient's square.
"""

import math

import torch
from torch import Tensor

from implementations.architectures.feedforward.mlp import MLP
from implementations.concepts.optimiser.stochastic_gradient_descent import estimated_gradient
from implementations.concepts.task.digits import Digits

EXAMPLES, DRAWS, BATCHES = 300, 100_000, 2_000
SIZES = tuple(2**power for power in range(9))


def run(seed: int) -> dict[str, float | list[float]]:
    """Draw minibatches of several sizes and compare their gradients with that of all examples.

    Args:
        seed: Seed of the weights and of the minibatches.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    gradients, labels = all_gradients(seed)
    mean, whole = gradients.mean(0), gradients.sum(0)
    often = torch.randint(0, EXAMPLES, (DRAWS,), generator=generator).bincount(minlength=EXAMPLES)
    with_factor, without = (
        torch.stack([estimated_gradient(gradient[None], examples=factor) for gradient in gradients]).mean(0)
        for factor in (EXAMPLES, 1)
    )
    selected = gradients[labels == labels[0]]
    spread = [variance(gradients, size, generator) for size in SIZES]
    x, y = (torch.tensor(values, dtype=torch.float64).log() for values in (SIZES, spread))
    return {
        "bias": relative(often.double() @ gradients / DRAWS, mean),
        "slope": (((x - x.mean()) @ y) / (x - x.mean()).square().sum()).item(),
        "enumerated_error": relative(with_factor, whole),
        "without_factor": relative(without, whole),
        "selected_bias": relative(selected.mean(0), mean),
        "size": [math.log2(size) for size in SIZES],
        "variance": [math.log10(value) for value in spread],
    }


def all_gradients(seed: int) -> tuple[Tensor, Tensor]:
    """Return the gradients `[N, P]` of the first examples, one by one, and their labels."""
    task = Digits(generator=torch.Generator().manual_seed(seed), batch_size=EXAMPLES)
    inputs, labels = task.batch()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = MLP(in_features=64, hidden=[16], out_features=10).double()
    weights = {name: parameter.detach() for name, parameter in network.named_parameters()}

    def loss(weights: dict[str, Tensor], x: Tensor, label: Tensor) -> Tensor:
        return task.loss(torch.func.functional_call(network, weights, (x[None],)), label[None])

    found = torch.func.vmap(torch.func.grad(loss), (None, 0, 0))(weights, inputs["x"].double(), labels)
    return torch.cat([gradient.flatten(1) for gradient in found.values()], 1), labels


def variance(gradients: Tensor, size: int, generator: torch.Generator) -> float:
    """Return the mean squared error of minibatches of one size, relative to the squared length of the gradient."""
    mean = gradients.mean(0)
    total = 0.0
    for _ in range(BATCHES):
        drawn = gradients[torch.randint(0, EXAMPLES, (size,), generator=generator)]
        total += (drawn.mean(0) - mean).square().sum().item()
    return total / BATCHES / mean.square().sum().item()


def relative(found: Tensor, expected: Tensor) -> float:
    """Return the distance of two vectors, relative to the length of the second."""
    return ((found - expected).norm() / expected.norm()).item()

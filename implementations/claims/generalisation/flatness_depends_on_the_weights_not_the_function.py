"""Experiment: the curvature of a loss at weights that compute the same function.

Source: the lecture, S13; Dinh et al. 2017 (dinh2017sharp).

Method: a perceptron with one hidden layer of rectified units is trained on the digits. Its first layer is multiplied by
a factor and its last weights are divided by it, which leaves the function unchanged, because a rectifier commutes with
positive factors. The largest eigenvalue of the Hessian of the training loss is found by power iteration on products of
Hessian and vector.

Measures:
    change: largest difference of the outputs for a factor of ten, divided by the largest output.
    sharper: largest eigenvalue for a factor of ten, divided by that for a factor of one.
    change_tanh: as `change`, for hyperbolic tangents in place of rectifiers.
    sharper_order: largest eigenvalue for hidden units in another order, divided by that for the original order.
    factor: 1/10, .., 10; eigenvalue: the largest eigenvalue.
"""

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional as F

from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.agreement import difference
from implementations.concepts.task.digits import Digits
from kb.training import fit

UNITS, STEPS, EXAMPLES, ITERATIONS = 32, 400, 300, 200
FACTORS = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0]
Weights = dict[str, Tensor]


def run(seed: int) -> dict[str, float | list[float]]:
    """Train, rescale, and measure curvature.

    Args:
        seed: Seed of weights, batches and first vectors.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    task = Digits(generator=torch.Generator().manual_seed(seed))
    network = MLP(in_features=64, hidden=[UNITS], out_features=10)
    fit(network, task, steps=STEPS)
    network, images, labels = network.double(), task.images[:EXAMPLES].double(), task.labels[:EXAMPLES]
    nonlinear = MLP(in_features=64, hidden=[UNITS], out_features=10, activation="tanh").double()
    weights = {name: parameter.detach() for name, parameter in network.named_parameters()}
    eigenvalues = [sharpness(network, scaled(weights, factor), images, labels) for factor in FACTORS]
    usual = eigenvalues[FACTORS.index(1.0)]
    return {
        "change": change(network, weights, images),
        "sharper": eigenvalues[-1] / usual,
        "change_tanh": change(nonlinear, weights, images),
        "sharper_order": sharpness(network, reordered(weights), images, labels) / usual,
        "factor": FACTORS,
        "eigenvalue": eigenvalues,
    }


def scaled(weights: Weights, factor: float) -> Weights:
    """Return weights with the first layer multiplied by a factor, and the next layer divided by it."""
    first, bias, last, constant = weights
    by = {first: factor, bias: factor, last: 1 / factor, constant: 1.0}
    return {name: by[name] * value for name, value in weights.items()}


def reordered(weights: Weights) -> Weights:
    """Return weights with the hidden units in another order."""
    order = torch.randperm(UNITS)
    first, bias, last, constant = weights.items()
    moved = [(first[0], first[1][order]), (bias[0], bias[1][order]), (last[0], last[1][:, order]), constant]
    return dict(moved)


def change(network: nn.Module, weights: Weights, images: Tensor) -> float:
    """Return by how much a factor of ten changes the outputs."""
    before, after = (functional_call(network, scaled(weights, factor), (images,)) for factor in (1.0, 10.0))
    return difference(after, before)


def sharpness(network: nn.Module, weights: Weights, images: Tensor, labels: Tensor) -> float:
    """Return the largest eigenvalue of the Hessian of the loss, by power iteration."""

    def loss(weights: Weights) -> Tensor:
        return F.cross_entropy(functional_call(network, weights, (images,)), labels)

    vector = {name: torch.randn_like(value) for name, value in weights.items()}
    eigenvalue = 0.0
    for _ in range(ITERATIONS):
        length = torch.stack([value.square().sum() for value in vector.values()]).sum().sqrt()
        vector = {name: value / length for name, value in vector.items()}
        product = torch.func.jvp(torch.func.grad(loss), (weights,), (vector,))[1]
        eigenvalue = sum((vector[name] * product[name]).sum().item() for name in vector)
        vector = product
    return eigenvalue

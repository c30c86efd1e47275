"""Experiment: gradients that pass a saturated layer, in training and by construction.

Source: the lecture, S9; Glorot & Bengio 2010 (glorot2010understanding).

Method: networks with five hidden layers of 100 units learn the digits by stochastic gradient descent, for ten passes
through the training images in batches of 10, with a rate of 0.3. The weights of logistic units are drawn from a uniform
distribution between plus and minus one over the root of the number of inputs, with biases of zero; those of hyperbolic
tangents by Glorot's rule. After every pass the gradient of the loss of all training images is taken, with respect to
the weights of the first hidden layer and of the fifth. As the ratio of the two may have other reasons, networks drawn
by Glorot's rule have a constant added to the inputs of all units of the fifth layer, and the same gradient is
propagated back from that layer's output to the first layer's weights.

Measures:
    extreme: least distance of the mean activation of the fifth layer from 0 or 1, over all passes; logistic units.
    ratio: norm of the gradient of the first layer's weights divided by that of the fifth's, where `extreme` is taken.
    ratio_start: the same before training, where nothing is saturated.
    ratio_tanh: the same for hyperbolic tangents, as the geometric mean over all passes.
    blocked: gradient that arrives through units shifted by 6, divided by that without a shift; hyperbolic tangents.
    blocked_logistic, blocked_relu: the same for logistic units and for rectifiers.
    shift: 0, 1, .., 6; tanh, logistic, relu: log10 of the gradient that arrives.
    epoch: 0, .., 10; activation: mean activation of the fifth layer.
"""

from statistics import geometric_mean

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.precision import double_precision
from implementations.concepts.initialisation.glorot_initialisation import glorot_initialisation
from implementations.concepts.task.digits import TRAINING, Digits
from kb.training import batch_loss, descend

DEPTH, WIDTH, EPOCHS, BATCH, RATE = 5, 100, 10, 10, 0.3
SHIFTS = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]


@double_precision()
def run(seed: int) -> dict[str, float | list[float]]:
    """Train two networks and measure them after every pass; then shift the units of three.

    Args:
        seed: Seed of weights, batches and gradients.

    Returns:
        The measures that the module lists.
    """
    activations, ratios = watched("sigmoid", seed)
    _, ratios_tanh = watched("tanh", seed)
    distances = [min(value, 1 - value) for value in activations]
    when = distances.index(min(distances))
    tanh, logistic, relu = (arriving(activation, seed) for activation in ("tanh", "sigmoid", "relu"))
    return {
        "extreme": distances[when],
        "ratio": ratios[when],
        "ratio_start": ratios[0],
        "ratio_tanh": geometric_mean(ratios_tanh[1:]),
        "blocked": tanh[-1],
        "blocked_logistic": logistic[-1],
        "blocked_relu": relu[-1],
        "shift": SHIFTS,
        "tanh": _logarithms(tanh),
        "logistic": _logarithms(logistic),
        "relu": _logarithms(relu),
        "epoch": [float(epoch) for epoch in range(EPOCHS + 1)],
        "activation": activations,
    }


def drawn(activation: str, seed: int, *, glorot: bool) -> MLP:
    """Return a network with weights by Glorot's rule, or as was common before it."""
    torch.manual_seed(seed)
    network = MLP(in_features=64, hidden=[WIDTH] * DEPTH, out_features=10, activation=activation)
    for layer in (layer for layer in network.layers if isinstance(layer, nn.Linear)):
        if glorot:
            glorot_initialisation(layer.weight)
        else:
            nn.init.uniform_(layer.weight, -(layer.in_features**-0.5), layer.in_features**-0.5)
        nn.init.zeros_(layer.bias)
    return network


def watched(activation: str, seed: int) -> tuple[list[float], list[float]]:
    """Train a network; return the mean activation of the last hidden layer and the ratio of gradients by epoch."""
    network = drawn(activation, seed, glorot=activation == "tanh")
    task = Digits(generator=torch.Generator().manual_seed(seed), batch_size=BATCH)
    task.images = task.images.double()
    optimiser = torch.optim.SGD(network.parameters(), lr=RATE)
    found = [seen(network, task)]
    for _ in range(EPOCHS):
        descend(optimiser, batch_loss(network, task), steps=TRAINING // BATCH)
        found.append(seen(network, task))
    return [mean for mean, _ in found], [ratio for _, ratio in found]


def seen(network: MLP, task: Digits) -> tuple[float, float]:
    """Return the mean activation of the last hidden layer, and the ratio of the first gradient to the last."""
    images, labels = task.images[:TRAINING], task.labels[:TRAINING]
    hidden: Tensor = network.layers[:-1](images)
    loss = F.cross_entropy(network.layers[-1](hidden), labels)
    first, last = (network.layers[2 * number].weight for number in (0, DEPTH - 1))
    gradients = torch.autograd.grad(loss, [first, last])
    return hidden.mean().item(), (gradients[0].norm() / gradients[1].norm()).item()


def arriving(activation: str, seed: int) -> list[float]:
    """Return the length of a gradient through shifted units at the first layer, divided by that without a shift."""
    network = drawn(activation, seed, glorot=True)
    images = Digits(generator=torch.Generator()).images[:TRAINING].double()
    sent, norms = torch.randn(TRAINING, WIDTH), []
    for shift in SHIFTS:
        nn.init.constant_(network.layers[2 * (DEPTH - 1)].bias, shift)
        (arrived,) = torch.autograd.grad(network.layers[:-1](images), network.layers[0].weight, sent)
        norms.append(arrived.norm().item())
    return [norm / norms[0] for norm in norms]


def _logarithms(values: list[float]) -> list[float]:
    return torch.tensor(values).log10().tolist()

"""Exact relation: a neural ODE by Euler's method is a stack of residual connections with one branch.

Source: Chen et al. 2018, eq. 1 and 2 (chen2018neural).

Method: a field whose slope does not depend on time is drawn at random, and followed by steps of Euler's method. The
stack has a residual connection for each step, and the same branch in each: the field times the length of a step.

Measures:
    agreement_error: difference of outputs and of the gradients of the input and of all weights that do not see time.
    longer_error: the same for steps of length one, where the branch is the field itself.
    time_difference: where the slope depends on time.
    untied_difference: where the branch of the last connection has weights of its own.
    classical_difference: where the steps are those of the classical Runge-Kutta method.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from implementations.architectures.feedforward.neural_ode import Field, NeuralODE
from implementations.claims.agreement import difference
from implementations.claims.function import Function
from implementations.concepts.component.residual_connection import ResidualConnection

FEATURES, HIDDEN, STEPS = 4, 6, 5


def run(seed: int) -> dict[str, float]:
    """Compare the two on random inputs.

    Args:
        seed: Seed of weights and inputs.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(3, FEATURES, generator=generator, dtype=torch.float64, requires_grad=True)
    sent = torch.randn(3, FEATURES, generator=generator, dtype=torch.float64)
    net, other = drawn(generator), drawn(generator)
    stack = stacked([net.field] * STEPS, net.end / STEPS)
    weights = [net.field.hidden.bias, *net.field.output.parameters()]
    measures = {"agreement_error": _worst(net(x), stack(x), [x, *weights], sent)}
    net.end = float(STEPS)
    measures["longer_error"] = _worst(net(x), stacked([net.field] * STEPS, 1.0)(x), [x, *weights], sent)
    net.end = 1.0
    untied = stacked([*[net.field] * (STEPS - 1), other.field], net.end / STEPS)
    measures["untied_difference"] = difference(net(x), untied(x))
    net.method = "rk4"
    measures["classical_difference"] = difference(net(x), stack(x))
    net.method = "euler"
    nn.init.normal_(net.field.hidden.weight[:, -1:], generator=generator)
    measures["time_difference"] = difference(net(x), stack(x))
    return measures


def drawn(generator: torch.Generator) -> NeuralODE:
    """Return a neural ODE by Euler's method with arbitrary weights, and none for time."""
    net = NeuralODE(features=FEATURES, hidden=HIDDEN, steps=STEPS, method="euler").double()
    for parameter in net.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    net.field.hidden.weight.data[:, -1] = 0
    return net


def stacked(fields: Sequence[Field], step: float) -> nn.Sequential:
    """Return residual connections, each with a field at time zero times a step as its branch."""

    def branch(field: Field) -> Function:
        return Function(lambda h: step * field(0.0, h))

    return nn.Sequential(*(ResidualConnection(branch=branch(field)) for field in fields))


def _worst(found: Tensor, expected: Tensor, sources: list[Tensor], sent: Tensor) -> float:
    gradients = [torch.autograd.grad(value, sources, sent) for value in (found, expected)]
    pairs = [(found, expected), *zip(*gradients, strict=True)]
    return max(difference(one, two) for one, two in pairs if two.any())

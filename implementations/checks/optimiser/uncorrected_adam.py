"""Exact checks of Adam without bias correction."""

import torch
from torch import nn

from implementations.checks.optimiser.trajectories import disagreement
from implementations.claims.agreement import difference
from implementations.concepts.optimiser.adam import Adam
from implementations.concepts.optimiser.rmsprop import RMSprop
from implementations.concepts.optimiser.uncorrected_adam import UncorrectedAdam


def without_momentum_it_is_rmsprop(generator: torch.Generator) -> float:
    """Return the difference to RMSprop without averaging of gradients and without a constant added to the root."""
    return disagreement(
        lambda p: UncorrectedAdam(p, lr=0.01, first=0.0, second=0.9, epsilon=0.0),
        lambda p: RMSprop(p, lr=0.01, decay=0.9, epsilon=0.0),
        generator,
    )


def steps_differ_from_adam_by_the_corrections(generator: torch.Generator) -> float:
    """Return how far steps are from Adam's times the factor of step t: (1 - alpha^t) / sqrt(1 - beta^t).

    At t = 1 this is (1 - alpha) / sqrt(1 - beta), 3.16 for the usual 0.9 and 0.999.
    """
    gradients = torch.randn(20, 5, generator=generator, dtype=torch.float64)
    parameters = [nn.Parameter(torch.zeros(5, dtype=torch.float64)) for _ in range(2)]
    rules = [
        kind([parameter], lr=0.1, epsilon=0.0)
        for kind, parameter in zip((UncorrectedAdam, Adam), parameters, strict=True)
    ]
    errors = []
    for step, gradient in enumerate(gradients, start=1):
        before = [parameter.detach().clone() for parameter in parameters]
        for parameter, rule in zip(parameters, rules, strict=True):
            parameter.grad = gradient
            rule.step()
        ours, theirs = (parameter.detach() - old for parameter, old in zip(parameters, before, strict=True))
        errors.append(difference(ours, theirs * (1 - 0.9**step) / (1 - 0.999**step) ** 0.5))
    return max(errors)


def constant_is_under_the_root(generator: torch.Generator) -> float:
    """Return the difference of two steps from the slide's formula, number by number, with a large constant."""
    parameter, rate, alpha, beta, constant = nn.Parameter(torch.zeros(1).double()), 0.1, 0.8, 0.9, 0.5
    rule = UncorrectedAdam([parameter], lr=rate, first=alpha, second=beta, epsilon=constant)
    at = mean = square = 0.0
    for gradient in torch.randn(2, generator=generator, dtype=torch.float64).tolist():
        mean, square = alpha * mean + (1 - alpha) * gradient, beta * square + (1 - beta) * gradient**2
        at -= rate * mean / (square + constant) ** 0.5
        parameter.grad = torch.tensor([gradient], dtype=torch.float64)
        rule.step()
    return difference(parameter.detach(), torch.tensor([at], dtype=torch.float64))

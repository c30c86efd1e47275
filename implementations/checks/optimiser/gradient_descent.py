"""Exact checks of gradient descent."""

import torch

from implementations.checks.optimiser.trajectories import disagreement
from implementations.claims.agreement import difference
from implementations.concepts.optimiser.gradient_descent import GradientDescent


def agrees_with_torch(generator: torch.Generator) -> float:
    """Return the difference to the trajectory of `torch.optim.SGD`."""
    return disagreement(lambda p: GradientDescent(p, lr=0.1), lambda p: torch.optim.SGD(p, lr=0.1), generator)


def solves_the_penalised_problem(generator: torch.Generator) -> float:
    """Return how far the slope of the penalised model is from zero at the step with eta = 1 / (2 multiplier)."""
    gradient = torch.randn(7, generator=generator, dtype=torch.float64)
    multiplier = 0.5 + torch.rand((), generator=generator, dtype=torch.float64)
    weight = torch.nn.Parameter(torch.zeros(7, dtype=torch.float64))
    weight.grad = gradient
    GradientDescent([weight], lr=1 / (2 * multiplier.item())).step()
    return difference(2 * multiplier * weight.detach(), -gradient)

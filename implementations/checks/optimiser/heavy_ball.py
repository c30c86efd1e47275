"""Exact checks of the heavy ball."""

import torch
from torch import nn

from implementations.checks.optimiser.trajectories import disagreement, trajectory
from implementations.claims.agreement import difference
from implementations.concepts.optimiser.heavy_ball import HeavyBall


def agrees_with_torch(generator: torch.Generator) -> float:
    """Return the difference to the trajectory of `torch.optim.SGD` with momentum, whose velocity is in other units."""
    return disagreement(
        lambda p: HeavyBall(p, lr=0.1, momentum=0.8), lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.8), generator
    )


def is_the_form_with_two_places(generator: torch.Generator) -> float:
    """Return the difference to Polyak's form on a quadratic, which keeps the two last points instead of a velocity."""
    curvature = torch.rand(5, generator=generator, dtype=torch.float64)
    point = nn.Parameter(torch.randn(5, generator=generator, dtype=torch.float64))
    rule, previous, current = HeavyBall([point], lr=0.3, momentum=0.7), point.detach().clone(), point.detach().clone()
    for _ in range(20):
        point.grad = curvature * point.detach()
        rule.step()
        previous, current = current, current - 0.3 * curvature * current + 0.7 * (current - previous)
    return difference(point.detach(), current)


def without_momentum_it_is_gradient_descent(generator: torch.Generator) -> float:
    """Return the difference to plain gradient descent where the momentum is zero."""
    state = generator.get_state()
    first = trajectory(lambda p: HeavyBall(p, lr=0.1, momentum=0.0), generator)
    generator.set_state(state)
    return difference(first, trajectory(lambda p: torch.optim.SGD(p, lr=0.1), generator))

"""Exact checks of Adam."""

import torch
from torch import nn

from implementations.checks.optimiser.trajectories import disagreement
from implementations.claims.agreement import difference
from implementations.concepts.optimiser.adam import Adam


def agrees_with_torch(generator: torch.Generator) -> float:
    """Return the difference to the trajectory of `torch.optim.Adam`."""
    return disagreement(
        lambda p: Adam(p, lr=0.01, first=0.8, second=0.99, epsilon=1e-6),
        lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.8, 0.99), eps=1e-6),
        generator,
    )


def constant_gradients_give_equal_steps(generator: torch.Generator) -> float:
    """Return how far steps under a constant gradient are from the learning rate, which the correction makes them."""
    gradient = torch.randn(5, generator=generator, dtype=torch.float64)
    parameter = nn.Parameter(torch.zeros(5, dtype=torch.float64))
    rule, errors = Adam([parameter], lr=0.1, epsilon=0.0), []
    for step in range(1, 21):
        parameter.grad = gradient
        rule.step()
        errors.append(difference(parameter.detach(), -0.1 * step * gradient.sign()))
    return max(errors)

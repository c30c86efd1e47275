"""Exact checks of Nesterov momentum."""

import torch
from torch import nn

from implementations.checks.optimiser.trajectories import disagreement
from implementations.claims.agreement import difference
from implementations.concepts.optimiser.nesterov_momentum import NesterovMomentum


def agrees_with_torch(generator: torch.Generator) -> float:
    """Return the difference to the trajectory of `torch.optim.SGD` with `nesterov=True`."""
    return disagreement(
        lambda p: NesterovMomentum(p, lr=0.1, momentum=0.8),
        lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.8, nesterov=True),
        generator,
    )


def places_ahead_are_those_of_the_paper(generator: torch.Generator) -> float:
    """Return the difference to the paper's form on a quadratic, with the point and the velocity kept separately."""
    curvature = torch.rand(5, generator=generator, dtype=torch.float64)
    lookahead = nn.Parameter(torch.randn(5, generator=generator, dtype=torch.float64))
    rule = NesterovMomentum([lookahead], lr=0.3, momentum=0.7)
    point, velocity = lookahead.detach().clone(), torch.zeros_like(lookahead)
    for _ in range(20):
        lookahead.grad = curvature * lookahead.detach()
        rule.step()
        velocity = 0.7 * velocity - 0.3 * curvature * (point + 0.7 * velocity)
        point = point + velocity
    return difference(lookahead.detach(), point + 0.7 * velocity)

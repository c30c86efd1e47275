"""Exact checks of RMSprop."""

import torch

from implementations.checks.optimiser.trajectories import disagreement
from implementations.claims.agreement import difference
from implementations.concepts.optimiser.rmsprop import RMSprop


def agrees_with_torch(generator: torch.Generator) -> float:
    """Return the difference to the trajectory of `torch.optim.RMSprop`."""
    return disagreement(
        lambda p: RMSprop(p, lr=0.01, decay=0.9, epsilon=1e-8),
        lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9, eps=1e-8),
        generator,
    )


def scale_of_the_loss_does_not_matter(generator: torch.Generator) -> float:
    """Return the difference between runs whose gradients differ by factors, with no constant added to the root."""
    gradients = torch.randn(10, 5, generator=generator, dtype=torch.float64)
    factors = torch.logspace(-3, 3, 5, dtype=torch.float64)
    ends = []
    for scale in (torch.ones(5, dtype=torch.float64), factors):
        parameter = torch.nn.Parameter(torch.zeros(5, dtype=torch.float64))
        rule = RMSprop([parameter], lr=0.1, epsilon=0.0)
        for gradient in gradients:
            parameter.grad = scale * gradient
            rule.step()
        ends.append(parameter.detach())
    return difference(*ends)

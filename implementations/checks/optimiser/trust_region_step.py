"""Exact checks of the trust-region step."""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.optimiser.gradient_descent import GradientDescent
from implementations.concepts.optimiser.trust_region_step import trust_region_step


def without_curvature_it_is_gradient_descent(generator: torch.Generator) -> float:
    """Return the difference to a step of gradient descent whose learning rate is the radius over the norm."""
    parameter = torch.nn.Parameter(torch.zeros(6, dtype=torch.float64))
    parameter.grad = torch.randn(6, generator=generator, dtype=torch.float64)
    step = trust_region_step(parameter.grad, torch.zeros(6, 6, dtype=torch.float64), radius=0.3)
    GradientDescent([parameter], lr=0.3 / parameter.grad.norm().item()).step()
    return difference(step, parameter.detach())


def inside_the_region_it_is_newtons_step(generator: torch.Generator) -> float:
    """Return the difference to Newton's step, where that is shorter than the radius."""
    curvature = _symmetric(generator)
    curvature = curvature @ curvature + torch.eye(6, dtype=torch.float64)
    gradient = torch.randn(6, generator=generator, dtype=torch.float64)
    return difference(trust_region_step(gradient, curvature, radius=100.0), -torch.linalg.solve(curvature, gradient))


def satisfies_the_conditions_of_optimality(generator: torch.Generator) -> float:
    """Return by how much a step at the boundary violates the conditions for the minimum; curvature has both signs."""
    curvature, radius = _symmetric(generator), 0.7
    gradient = torch.randn(6, generator=generator, dtype=torch.float64)
    step = trust_region_step(gradient, curvature, radius=radius)
    force = -(gradient + curvature @ step)  # must be lambda times the step
    multiplier = (force @ step) / (step @ step)
    least = torch.linalg.eigvalsh(curvature)[0]
    return max(
        difference(force, multiplier * step),
        abs(step.norm().item() / radius - 1),
        (-least - multiplier).clamp(0).item(),
    )


def completes_the_length_along_negative_curvature(generator: torch.Generator) -> float:
    """Return how far a step is from the two that are best where the gradient has no part along the least curvature.

    With curvatures -2, 1 and 3 the multiplier is 2, so that parts along the others are -g / 3 and -g / 5.
    """
    directions = torch.linalg.qr(torch.randn(3, 3, generator=generator, dtype=torch.float64)).Q
    curvature = directions * torch.tensor([-2.0, 1.0, 3.0], dtype=torch.float64) @ directions.T
    first, second = torch.rand(2, generator=generator, dtype=torch.float64).tolist()
    step = directions.T @ trust_region_step(first * directions[:, 1] + second * directions[:, 2], curvature, radius=1.0)
    others = torch.tensor([-first / 3, -second / 5], dtype=torch.float64)
    return max(difference(step[1:], others), abs(step.norm().item() - 1))


def _symmetric(generator: torch.Generator) -> Tensor:
    values = torch.randn(6, 6, generator=generator, dtype=torch.float64)
    return values + values.T

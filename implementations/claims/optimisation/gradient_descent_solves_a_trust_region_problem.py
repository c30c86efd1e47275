"""Experiment: is a step of gradient descent the best step for a linear model of the loss?

Source: the lecture, S6.

Method: g is a random gradient in 6 dimensions. The problem with a bound, least g.d for |d| <= radius, is solved by
projected gradient descent from a random start, without use of the answer. The problem with a penalty, least g.d + eta
|d|^2, is solved by setting its derivative to zero with automatic differentiation.

Measures:
    misalignment: one minus the cosine of the bounded solution and -g.
    length_error: relative difference of its length and the radius.
    closed_form_error: relative difference of our trust-region step without curvature, and the bounded solution.
    penalised_error: relative difference of the penalised solution and -g / (2 eta).
    slide_difference: relative difference of the penalised solution and -eta g, which the slide gives.
    curved_misalignment: one minus the cosine of our trust-region step and -g for a quadratic loss.
    angle: -90, -85, .., 90 degrees from -g, towards the solution of the quadratic loss where positive; flat, curved:
        change of the linear and of the quadratic loss by a step of the radius in this direction, relative to radius
        times |g|.
"""

import math

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.optimiser.trust_region_step import trust_region_step

DIMENSIONS, RADIUS, ETA, STEPS = 6, 0.3, 2.0, 2000


def run(seed: int) -> dict[str, float | list[float]]:
    """Solve both problems for a random gradient.

    Args:
        seed: Seed of gradient, start and curvature.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    gradient, start = torch.randn(2, DIMENSIONS, generator=generator, dtype=torch.float64)
    root = torch.randn(DIMENSIONS, DIMENSIONS, generator=generator, dtype=torch.float64)
    bounded, penalised = projected_descent(gradient, start), newton_step(gradient, start)
    flat = trust_region_step(gradient, torch.zeros_like(root), radius=RADIUS)
    curvature = 4 * root @ root.T
    curved = trust_region_step(gradient, curvature, radius=RADIUS)
    angles = [float(angle) for angle in range(-90, 91, 5)]
    steps = [RADIUS * direction(angle, gradient, curved) for angle in angles]
    size = RADIUS * gradient.norm().item()
    return {
        "misalignment": 1 - cosine(bounded, -gradient),
        "length_error": abs(bounded.norm().item() / RADIUS - 1),
        "closed_form_error": difference(flat, bounded),
        "penalised_error": difference(penalised, -gradient / (2 * ETA)),
        "slide_difference": difference(penalised, -ETA * gradient),
        "curved_misalignment": 1 - cosine(curved, -gradient),
        "angle": angles,
        "flat": [(gradient @ d).item() / size for d in steps],
        "curved": [(gradient @ d + d @ curvature @ d / 2).item() / size for d in steps],
    }


def direction(angle: float, gradient: Tensor, towards: Tensor) -> Tensor:
    """Return the unit vector at an angle from -g, in the plane of -g and another vector."""
    against = -gradient / gradient.norm()
    across = towards - (towards @ against) * against
    return math.cos(math.radians(angle)) * against + math.sin(math.radians(angle)) * across / across.norm()


def projected_descent(gradient: Tensor, start: Tensor) -> Tensor:
    """Return the point of the ball where g.d is least: steps against g, each projected onto the ball."""
    d = start
    for _ in range(STEPS):
        d = d - 0.1 * gradient
        d = d * (RADIUS / d.norm()).clamp(max=1)
    return d


def newton_step(gradient: Tensor, start: Tensor) -> Tensor:
    """Return where the derivative of g.d + eta |d|^2 is zero, by one Newton step, which is exact for a quadratic."""

    def penalised(d: Tensor) -> Tensor:
        return gradient @ d + ETA * d @ d

    slope, curvature = torch.func.grad(penalised)(start), torch.func.hessian(penalised)(start)
    return start - torch.linalg.solve(curvature, slope)


def cosine(left: Tensor, right: Tensor) -> float:
    """Return the cosine of the angle between two vectors."""
    return torch.nn.functional.cosine_similarity(left, right, dim=0).item()

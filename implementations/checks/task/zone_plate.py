"""Exact checks of the zone plate."""

import math

import torch

from implementations.claims.agreement import difference
from implementations.concepts.task.zone_plate import RINGS, ZonePlate, pattern


def rings_are_equal_in_area(generator: torch.Generator) -> float:
    """Return how far the value is from 1 and -1 in turn, where the squared radius is a multiple of one over RINGS."""
    squares = torch.arange(RINGS + 1, dtype=torch.float64) / RINGS
    angles = 2 * math.pi * torch.rand(RINGS + 1, generator=generator, dtype=torch.float64)
    x = squares.sqrt()[:, None] * torch.stack([angles.cos(), angles.sin()], 1)
    return difference(pattern(x)[:, 0], (-1.0) ** torch.arange(RINGS + 1, dtype=torch.float64))


def values_are_those_of_the_pattern(generator: torch.Generator) -> float:
    """Return the difference of the targets from cosines of the squared distance, point by point, of batch and test."""
    task, errors = ZonePlate(generator=generator), []
    for inputs, target in (task.batch(), task.test()):
        expected = [math.cos(RINGS * math.pi * (a * a + b * b)) for a, b in inputs["x"].tolist()]
        errors.append((target[:, 0].double() - torch.tensor(expected, dtype=torch.float64)).abs().max().item())
    return max(0.0, max(errors) - 1e-5)  # the points are of single precision

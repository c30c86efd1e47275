"""Exact checks of the monotonic layer."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.constrained_layer.monotonic_layer import MonotonicLayer


def unit_by_unit(generator: torch.Generator) -> float:
    """Return the difference from sums with the sizes of the weights, through the function of each unit's kind."""
    layer = MonotonicLayer().double()
    x = 2 * torch.randn(50, 4, generator=generator, dtype=torch.float64)
    relu = torch.nn.functional.relu
    kinds = [relu, lambda z: -relu(-z), lambda z: torch.where(z < 0, relu(z + 1) - 1, 1 - relu(1 - z))]
    units = []
    for unit in range(6):
        z = sum(layer.linear.weight[unit, place].abs() * x[:, place] for place in range(4)) + layer.linear.bias[unit]
        units.append(kinds[unit // 2](z))
    return difference(layer(x), torch.stack(units, 1))


def no_unit_falls(generator: torch.Generator) -> float:
    """Return the largest fall of a unit where one or several numbers grow, for 2,000 pairs of inputs."""
    layer = MonotonicLayer().double()
    layer.linear.weight.data = torch.randn(6, 4, generator=generator, dtype=torch.float64)
    x, steps = 3 * torch.randn(2, 2000, 4, generator=generator, dtype=torch.float64)
    grown = x + steps.abs() * (torch.rand(x.shape, generator=generator) < 0.3)
    return (layer(x) - layer(grown)).clamp(min=0).max().item()

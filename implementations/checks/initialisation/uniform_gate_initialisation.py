"""Checks of the uniform gate initialisation: the distribution of the first gates, and its ends."""

import math

import torch

from implementations.concepts.initialisation.uniform_gate_initialisation import uniform_gate_

UNITS = 10_000


def gates_are_spread_uniformly(generator: torch.Generator) -> float:
    """Return the excess of the gates' distance from uniformity over its 99.9 per cent quantile.

    The largest distance between their distribution and the uniform one is below 1.95 / sqrt(n) for n uniform numbers
    with a probability of 0.999 (Kolmogorov's distribution).
    """
    gates = torch.sigmoid(uniform_gate_(torch.empty(UNITS).double(), generator=generator)).sort().values
    ranks = torch.arange(UNITS, dtype=torch.float64) / UNITS
    distance = torch.maximum(gates - ranks, ranks + 1 / UNITS - gates).max().item()
    return max(distance - 1.95 / math.sqrt(UNITS), 0.0)  # a NaN stays one: nothing is larger


def no_gate_is_nearer_to_an_end_than_one_unit(generator: torch.Generator) -> float:
    """Return by how much a bias is beyond log(n - 1), which makes a gate 1/n or 1 - 1/n, for n from 2 to 50 units."""
    beyond = [
        uniform_gate_(torch.empty(units).double(), generator=generator).abs().max().item() - math.log(units - 1)
        for units in range(2, 51)
    ]
    return torch.tensor(beyond).max().clamp(min=0).item()

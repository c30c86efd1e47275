"""Exact checks of the task of diminishing returns."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.task.diminishing_returns import NOISE, DiminishingReturns, returns


def no_yield_falls(generator: torch.Generator) -> float:
    """Return the largest fall of a yield where resources grow, for 2,000 pairs of fields."""
    x, steps = 2 * torch.rand(2, 2000, 4, generator=generator, dtype=torch.float64)
    return (returns(x) - returns(x + steps)).clamp(min=0).max().item()


def the_scarcest_decides(generator: torch.Generator) -> float:
    """Return the difference between yields that agree in the scarcest of three resources and in the soil."""
    x = 2 * torch.rand(500, 4, generator=generator, dtype=torch.float64)
    more = x.clone()
    more[:, :3] += torch.rand(500, 3, generator=generator, dtype=torch.float64)
    scarcest = x[:, :3].argmin(1, keepdim=True)
    more.scatter_(1, scarcest, x.gather(1, scarcest))
    return difference(returns(more), returns(x))


def training_yields_are_noisy(generator: torch.Generator) -> float:
    """Return by how much the spread of the noise is off, beyond five errors of its estimate from 64,000 fields."""
    inputs, target = DiminishingReturns(generator=generator, batch_size=64_000).batch()
    spread = (target - returns(inputs["x"])).std()
    return max(0.0, abs(spread.item() / NOISE - 1) - 5 / (2 * 64_000) ** 0.5)

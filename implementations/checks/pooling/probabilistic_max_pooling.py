"""Exact checks of probabilistic max-pooling, on blocks so small that their states can be listed."""

from itertools import product

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.pooling.probabilistic_max_pooling import ProbabilisticMaxPooling


def shares_of_enumerated_states(generator: torch.Generator) -> float:
    """Return the difference of probabilities and partition function from sums over the 16 states of a block.

    States with more than one unit on have no weight.
    """
    x = 2 * torch.randn(3, 2, 2, 2, generator=generator, dtype=torch.float64)
    states = torch.tensor(list(product([0.0, 1.0], repeat=4)), dtype=torch.float64)  # [16, units]
    weights = (x.flatten(2) @ states.T).exp() * (states.sum(1) <= 1)  # [B, C, 16]
    shares = weights / weights.sum(2, keepdim=True)
    pooling = ProbabilisticMaxPooling(block=2)
    units = pooling(x)
    return max(
        difference(units.detection.flatten(2), shares @ states),
        difference(units.pool[:, :, 0, 0], shares @ states.amax(1)),
        difference(pooling.log_partition(x), weights.sum(2).log().sum(1)),
    )


def a_block_adds_up_to_one(generator: torch.Generator) -> float:
    """Return how far detection units, added up over their blocks, and pooling units that are off are from one."""
    x = 5 * torch.randn(2, 3, 7, 5, generator=generator, dtype=torch.float64)
    units = ProbabilisticMaxPooling(block=3)(x)
    rows, columns = torch.arange(7) // 3, torch.arange(5) // 3
    total = torch.zeros(2, 3, 3, 5, dtype=torch.float64).index_add(2, rows, units.detection)
    total = torch.zeros(2, 3, 3, 2, dtype=torch.float64).index_add(3, columns, total)
    return float((total + (1 - units.pool) - 1).abs().max())


def slopes_of_the_partition_function(generator: torch.Generator) -> float:
    """Return the difference of the detection probabilities from the derivative of the logarithm of the sum."""
    x = torch.randn(2, 3, 5, 4, generator=generator, dtype=torch.float64, requires_grad=True)
    pooling = ProbabilisticMaxPooling(block=2)
    (slope,) = torch.autograd.grad(pooling.log_partition(x).sum(), x)
    return difference(pooling(x).detection, slope)


def draws_are_allowed(generator: torch.Generator) -> float:
    """Return the largest difference, over draws, of the number of units that are on from their pooling unit's state.

    Also by how much the error of a unit's frequency, over the draws of one block, exceeds five standard errors.
    """
    pooling = ProbabilisticMaxPooling(block=2)
    x = torch.randn(1, 2, 3, 4, generator=generator, dtype=torch.float64).expand(4000, -1, -1, -1)
    units, probabilities = pooling.sample(x, generator), pooling(x[:1])
    apart = _blocks(units.detection) - units.pool
    error = (units.detection.mean(0) - probabilities.detection[0]).abs()
    allowed = 5 * (probabilities.detection[0] * (1 - probabilities.detection[0]) / len(x)).sqrt()
    whole = (units.pool * (1 - units.pool)).abs().max()
    return float(apart.abs().max() + whole + (error - allowed).clamp(min=0).max())


def _blocks(detection: Tensor) -> Tensor:
    """Return the number of units that are on in each block of four, the last row of blocks being cut off."""
    padded = torch.nn.functional.pad(detection, (0, 0, 0, 1))
    return 4 * torch.nn.functional.avg_pool2d(padded, 2)

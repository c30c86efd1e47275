"""Exact checks of dynamic memory allocation."""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.memory_mechanism.dynamic_memory_allocation import DynamicMemoryAllocation


def row_by_row(generator: torch.Generator) -> float:
    """Return the difference from usage and weights of every row, found by comparing it with all others in a loop."""
    inputs = _doubled(generator)
    found = DynamicMemoryAllocation()(**inputs)
    usage, weights = torch.zeros_like(found.usage), torch.zeros_like(found.weights)
    for b, (before, written, read, free) in enumerate(zip(*inputs.values(), strict=True)):
        for row in range(len(before)):
            retained = 1.0
            for head, gate in enumerate(free):
                retained = retained * (1 - gate * read[head, row])
            usage[b, row] = (before[row] + written[row] - before[row] * written[row]) * retained
        for row, used in enumerate(usage[b]):
            weights[b, row] = 1 - used
            for other in usage[b]:
                if other < used:
                    weights[b, row] *= other
    return max(difference(found.usage, usage), difference(found.weights, weights))


def missing_weight_is_full_memory(generator: torch.Generator) -> float:
    """Return the difference between the sum of all weights and one minus the product of all usages, which is closed."""
    found = DynamicMemoryAllocation()(**_doubled(generator))
    return difference(found.weights.sum(1), 1 - found.usage.prod(1))


def freed_row_is_offered(generator: torch.Generator) -> float:
    """Return the difference, in a full memory, between the weights and all weight on the one row that a head frees."""
    rows = torch.eye(5, dtype=torch.float64)
    full = torch.ones(5, 5, dtype=torch.float64)
    reading = torch.stack([rows, rows.roll(1, 0)], 1)  # [B, R, M]: the second head does not free its row
    free = torch.tensor([[1.0, 0.0]], dtype=torch.float64).expand(5, -1)
    written = torch.rand(5, 5, generator=generator, dtype=torch.float64)  # of no importance: all is in use
    found = DynamicMemoryAllocation()(full, written, reading, free)
    kept = DynamicMemoryAllocation()(full, written, reading, torch.zeros_like(free))
    return max(difference(found.weights, rows), float(kept.weights.abs().max()))


def _doubled(generator: torch.Generator) -> dict[str, Tensor]:
    return {name: value.double() for name, value in DynamicMemoryAllocation().example_inputs(generator).items()}

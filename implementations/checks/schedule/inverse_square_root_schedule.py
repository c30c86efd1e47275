"""Exact checks of the inverse-square-root schedule."""

import torch
from torch import nn

from implementations.claims.agreement import difference
from implementations.concepts.schedule.inverse_square_root_schedule import inverse_square_root_rate

WIDTH, WARMUP = 64, 20


def agrees_with_schedules_of_torch(generator: torch.Generator) -> float:
    """Return the difference to a linear warm-up followed by a decay, chained from PyTorch's schedules."""
    peak = (WIDTH * WARMUP) ** -0.5
    rule = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=peak)
    rise = torch.optim.lr_scheduler.LinearLR(rule, start_factor=1 / WARMUP, total_iters=WARMUP - 1)
    fall = torch.optim.lr_scheduler.LambdaLR(rule, lambda n: (WARMUP / (n + 1 + WARMUP)) ** 0.5)
    schedule = torch.optim.lr_scheduler.SequentialLR(rule, [rise, fall], milestones=[WARMUP])
    found = []
    for _ in range(100):
        found.append(rule.param_groups[0]["lr"])
        rule.step()
        schedule.step()
    expected = [inverse_square_root_rate(step, width=WIDTH, warmup=WARMUP) for step in range(1, 101)]
    return difference(torch.tensor(found, dtype=torch.float64), torch.tensor(expected, dtype=torch.float64))


def peaks_where_the_two_laws_meet(generator: torch.Generator) -> float:
    """Return how far the largest rate is from (width warmup)^-1/2, and from the end of the warm-up."""
    rates = torch.tensor([inverse_square_root_rate(step) for step in range(1, 10_001)], dtype=torch.float64)
    expected = torch.tensor((512 * 4000) ** -0.5, dtype=torch.float64)
    return max(difference(rates.max(), expected), float(abs(int(rates.argmax()) + 1 - 4000)))

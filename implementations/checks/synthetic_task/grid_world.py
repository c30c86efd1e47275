"""Exact checks of the grid world."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.synthetic_task.grid_world import DISCOUNT, MOVES, GridWorld


def best_is_the_shortest_path(generator: torch.Generator) -> float:
    """Return the difference between optimal values of states, and the discount to the power of the steps before."""
    task = GridWorld(generator=generator)
    steps = torch.where(task.ended.any(1), 1, 0)  # a search from the goals outwards: 0 where not reached yet
    length = 1
    while (steps == 0).any():
        reached = (steps[task.following] == length).any(1) & (steps == 0)
        length += 1
        steps = torch.where(reached, length, steps)
    return difference(task.best.amax(1), DISCOUNT ** (steps - 1).double())


def optimal_values_score_their_mean(generator: torch.Generator) -> float:
    """Return the difference between the score of the optimal values, and their mean over states."""
    task = GridWorld(generator=generator)
    _, target = task.test()
    output = task.best.repeat_interleave(len(MOVES), 0)
    return abs(task.score(output, target) - float(task.best.amax(1).mean()))

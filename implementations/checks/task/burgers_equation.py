"""Exact checks of Burgers' equation."""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.task.burgers_equation import NU, TIME, WAVES, circle, draw, solution, velocity

POINTS = 50


def weak_velocities_are_damped(generator: torch.Generator) -> float:
    """Return the difference of very slow velocities after a while from those of the heat equation."""
    waves, x = 1e-6 * draw(20, generator), circle(POINTS)
    damped = waves * torch.exp(-NU * TIME * torch.arange(1, WAVES + 1).square())
    return difference(solution(waves, TIME, x), velocity(damped, x))


def solution_solves_the_equation(generator: torch.Generator) -> float:
    """Return the largest difference of the two sides at the time of the task, relative to the diffusion.

    Derivatives are exact: the velocity at a point depends on that point and the time only.
    """
    waves, x, time = draw(20, generator), circle(POINTS), torch.tensor(TIME, dtype=torch.float64)

    def slope(x: Tensor) -> Tensor:
        return torch.func.jvp(lambda x: solution(waves, time, x), (x,), (torch.ones_like(x),))[1]

    u, rate = torch.func.jvp(lambda time: solution(waves, time, x), (time,), (torch.ones_like(time),))
    second = torch.func.jvp(slope, (x,), (torch.ones_like(x),))[1]
    return difference(rate + u * slope(x), NU * second)


def solution_is_periodic(generator: torch.Generator) -> float:
    """Return the difference of the velocities at the ends of a period, and of their mean, which is kept, from zero."""
    waves, period = draw(20, generator), 2 * torch.pi
    x = torch.cat([circle(POINTS * 4), torch.tensor([period], dtype=torch.float64)])
    u = solution(waves, TIME, x)
    return max(difference(u[:, -1], u[:, 0]), u[:, :-1].mean(1).abs().max().item())

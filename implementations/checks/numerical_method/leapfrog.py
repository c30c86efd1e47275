"""Exact checks of leapfrog integration."""

from collections.abc import Callable

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.numerical_method.leapfrog import leapfrog

STEP, STEPS = 0.1, 50


def oscillator_has_a_closed_form(generator: torch.Generator) -> float:
    """Return the distance of an oscillator from the closed form of its discrete motion."""
    omega = 1 + torch.rand(1, generator=generator, dtype=torch.float64)
    start = torch.randn(4, generator=generator, dtype=torch.float64)
    x, _ = leapfrog(start, torch.zeros_like(start), lambda x: -(omega**2) * x, step=STEP, steps=STEPS)
    angle = torch.acos(1 - (STEP * omega) ** 2 / 2)
    return difference(x, start * torch.cos(STEPS * angle))


def retraces_its_path(generator: torch.Generator) -> float:
    """Return the distance from its start at which a motion ends that is reversed half-way."""
    force, x, v = _random_field(generator)
    there, speed = leapfrog(x, v, force, step=STEP, steps=STEPS)
    back, _ = leapfrog(there, -speed, force, step=STEP, steps=STEPS)
    return difference(back, x)


def step_is_symplectic(generator: torch.Generator) -> float:
    """Return how far the derivative J of one step is from J^T W J = W, with W = [[0, 1], [-1, 0]]."""
    force, x, v = _random_field(generator)
    n = len(x)

    def step(state: Tensor) -> Tensor:
        return torch.cat(leapfrog(state[:n], state[n:], force, step=STEP, steps=1))

    j = torch.func.jacrev(step)(torch.cat([x, v]))
    eye, zero = torch.eye(n, dtype=x.dtype), torch.zeros(n, n, dtype=x.dtype)
    w = torch.cat([torch.cat([zero, eye], 1), torch.cat([-eye, zero], 1)])
    return difference(j.T @ w @ j, w)


def _random_field(generator: torch.Generator) -> tuple[Callable[[Tensor], Tensor], Tensor, Tensor]:
    """Return the force of the potential sum of cos(A x), and a random state."""
    a = torch.randn(5, 3, generator=generator, dtype=torch.float64)
    x, v = torch.randn(2, 3, generator=generator, dtype=torch.float64)
    return (lambda x: a.T @ torch.sin(a @ x)), x, v

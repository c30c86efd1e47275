"""Runge-Kutta methods: a step of a differential equation is a weighted mean of slopes at a few points on the way.

Source: https://en.wikipedia.org/wiki/Runge-Kutta_methods, explicit methods of order 1, 2 and 4.

Equations:
    k_i = f(t + c_i h, x + h sum over j < i of a_ij k_j),    x' = x + h sum over i of b_i k_i
    Euler:      k_1 = f(t, x),  x' = x + h k_1
    midpoint:   k_2 = f(t + h/2, x + h/2 k_1),  x' = x + h k_2
    classical:  k_3 = f(t + h/2, x + h/2 k_2),  k_4 = f(t + h, x + h k_3),  x' = x + h/6 (k_1 + 2 k_2 + 2 k_3 + k_4)

Shapes: states of any one shape; t and h are times.
"""

from collections.abc import Callable

from torch import Tensor

Field = Callable[[float, Tensor], Tensor]
"""The slope of a state at a time."""


def euler(field: Field, t: float, x: Tensor, step: float) -> Tensor:
    """Return the change in a step by the slope at its start."""
    return step * field(t, x)


def midpoint(field: Field, t: float, x: Tensor, step: float) -> Tensor:
    """Return the change by the slope half-way, where Euler's method leads."""
    return step * field(t + step / 2, x + euler(field, t, x, step / 2))


def classical(field: Field, t: float, x: Tensor, step: float) -> Tensor:
    """Return the change by the weighted mean of four slopes."""
    k_1 = field(t, x)
    k_2 = field(t + step / 2, x + step / 2 * k_1)
    k_3 = field(t + step / 2, x + step / 2 * k_2)
    k_4 = field(t + step, x + step * k_3)
    return step / 6 * (k_1 + 2 * k_2 + 2 * k_3 + k_4)


METHODS = {"euler": euler, "midpoint": midpoint, "rk4": classical}


def runge_kutta(
    field: Field, x: Tensor, *, start: float = 0.0, end: float = 1.0, steps: int = 1, method: str = "rk4"
) -> Tensor:
    """Return the state at the end, after steps of equal length.

    Args:
        field: Slope of a state at a time.
        x: State at the start.
        start: Time at which to start.
        end: Time at which to end; before the start for a motion backwards.
        steps: Number of steps.
        method: `euler`, `midpoint` or `rk4`, which is the classical one.

    Example:
        >>> import torch
        >>> runge_kutta(lambda t, x: x, torch.ones(1), steps=1)  # 1 + 1 + 1/2 + 1/6 + 1/24
        tensor([2.7083])
    """
    step = (end - start) / steps
    for index in range(steps):
        x = x + METHODS[method](field, start + index * step, x, step)
    return x

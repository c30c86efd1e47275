"""Leapfrog: positions and velocities are updated in turn.

Source: https://en.wikipedia.org/wiki/Leapfrog_integration, the form that gives both at the same times.

Equations:
    v_half = v + h/2 a(x),   x' = x + h v_half,   v' = v_half + h/2 a(x')

Shapes: positions and velocities of any one shape; h is a time, a an acceleration.
"""

from collections.abc import Callable

from torch import Tensor


def leapfrog(
    x: Tensor, v: Tensor, acceleration: Callable[[Tensor], Tensor], *, step: float, steps: int
) -> tuple[Tensor, Tensor]:
    """Return positions and velocities after `steps` steps of `step` units of time.

    Args:
        x: Positions, of any shape.
        v: Velocities, of the same shape.
        acceleration: Maps positions to accelerations.
        step: Time h of one step.
        steps: Number of steps; the acceleration is computed once for each of them and once more.

    Example:
        >>> import torch
        >>> x, v = leapfrog(torch.tensor([1.0]), torch.tensor([0.0]), lambda x: -x, step=0.5, steps=1)
        >>> x, v
        (tensor([0.8750]), tensor([-0.4688]))
    """
    a = acceleration(x)
    for _ in range(steps):
        v = v + step / 2 * a
        x = x + step * v
        a = acceleration(x)
        v = v + step / 2 * a
    return x, v

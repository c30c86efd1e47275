"""Inverse-square-root schedule: a learning rate that rises in proportion to the step, then falls as 1 / sqrt(step).

Source: Vaswani et al. 2017, sec. 5.3, eq. 3 (vaswani2017attention).

Equations:
    rate = width^-1/2 min(step^-1/2, step warmup^-3/2)

Shapes: none.
"""


def inverse_square_root_rate(step: int, *, width: int = 512, warmup: int = 4000) -> float:
    """Return the learning rate of a step.

    Args:
        step: Number of the step, from 1 on. Schedules of PyTorch count from 0: give them `lambda n: rate(n + 1)`.
        width: Width of the model.
        warmup: Steps for which the rate rises.

    Raises:
        ValueError: A number is not positive.

    Example:
        >>> rates = [inverse_square_root_rate(step, width=1, warmup=4) for step in (1, 2, 4, 16)]
        >>> rates
        [0.125, 0.25, 0.5, 0.25]
    """
    if min(step, width, warmup) < 1:
        raise ValueError(f"step ({step}), width ({width}) and warmup ({warmup}) must be positive")
    return width**-0.5 * min(step**-0.5, step * warmup**-1.5)

"""Backwards through time: how the last state of a recurrence depends on all that came before."""

from collections.abc import Callable

import torch
from torch import Tensor


def jacobians(step: Callable[[Tensor, Tensor], Tensor], x: Tensor, h: Tensor) -> Tensor:
    """Return the Jacobians of the last state with respect to the states before, by one pass backwards through time.

    Args:
        step: Takes an input `[U, F]` and states `[U, ..]`, and returns the next states, each row by itself.
        x: The inputs of all steps `[T, F]`.
        h: The first state, of U numbers in any shape.

    Returns:
        The Jacobians by lag, `[T + 1, U, U]`: of h_T by h_T, by h_(T-1), .., by h_0.

    Example:
        >>> halved = jacobians(lambda x, h: h / 2 + x, torch.zeros(3, 1), torch.zeros(1))
        >>> halved.flatten()
        tensor([1.0000, 0.5000, 0.2500, 0.1250])
    """
    units = h.numel()
    # A copy of the one trajectory for each component of the last state: row i of the gradients is that of component i.
    states = [h.expand(units, *h.shape).clone().requires_grad_()]
    for value in x:
        states.append(step(value.expand(units, -1), states[-1]))
    expected = torch.eye(units, dtype=h.dtype).view_as(states[-1])
    return torch.stack(torch.autograd.grad(states[-1], states, expected)[::-1]).flatten(2)

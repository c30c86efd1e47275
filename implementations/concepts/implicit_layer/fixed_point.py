"""Fixed point: the state that a contraction does not change, with gradients that need no history of steps.

Source: Scarselli et al. 2009, "The graph neural network model" (scarselli2009graph), which uses the recurrent
backpropagation of Almeida and of Pineda for the gradients.

Equations:
    x = F(x, theta)
    with e the gradient that arrives at x:  z = e + z dF/dx,  and the gradient of theta is z dF/dtheta

Shapes: any; F returns the shape that it is given.
"""

from collections.abc import Callable

import torch
from torch import Tensor

STEPS = 1000


def iterated(step: Callable[[Tensor], Tensor], start: Tensor) -> Tensor:
    """Apply a contraction until only rounding errors change.

    Raises:
        ValueError: It has not converged after a thousand steps, so it may not be a contraction.
    """
    enough = 8 * torch.finfo(start.dtype).eps
    for _ in range(STEPS):
        following = step(start)
        if (following - start).abs().max() <= enough * following.abs().max().clamp(min=enough):
            return following
        start = following
    raise ValueError(f"no fixed point after {STEPS} steps: the step must be a contraction")


def fixed_point(step: Callable[[Tensor], Tensor], start: Tensor) -> Tensor:
    """Return the fixed point of a contraction, differentiable with respect to everything that the step depends on.

    Args:
        step: The contraction F; it may use parameters and inputs that need gradients.
        start: Where to begin; the fixed point does not depend on it.

    Raises:
        ValueError: The steps do not converge.

    Example:
        >>> slope = torch.tensor(0.5, requires_grad=True)
        >>> x = fixed_point(lambda x: slope * x + 1, torch.zeros(1))  # 1 / (1 - slope)
        >>> torch.autograd.grad(x, slope)[0].round(decimals=4)  # 1 / (1 - slope)^2
        tensor(4.)
    """
    if start.numel() == 0:
        return step(start)
    with torch.no_grad():
        settled = iterated(step, start)
    with torch.enable_grad():
        inside = settled.detach().requires_grad_()
        again = step(inside)  # one more step, whose gradients are those of F at the fixed point

    def backwards(arriving: Tensor) -> Tensor:
        return iterated(lambda z: arriving + torch.autograd.grad(again, inside, z, retain_graph=True)[0], arriving)

    attached = step(settled)
    if attached.requires_grad:
        attached.register_hook(backwards)
    return attached

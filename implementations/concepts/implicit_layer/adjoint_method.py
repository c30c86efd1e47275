"""Adjoint method: gradients of the solution of a differential equation, by a second equation that runs backwards.

Source: Chen et al. 2018, "Neural ordinary differential equations" (chen2018neural).

Equations:
    dx/dt = f(t, x, theta)
    da/dt = -a df/dx,           a: gradient at the state, which is known at the end
    dg/dt = -a df/dtheta,       g: gradient at the weights, zero at the end
    all three are solved from the end to the start, so that no state on the way is stored

Shapes: states of any one shape.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.func import functional_call

from implementations.concepts.numerical_method.runge_kutta_method import runge_kutta


def adjoint_method(field: nn.Module, x: Tensor, *, end: float = 1.0, steps: int = 1, method: str = "rk4") -> Tensor:
    """Return the state at the end; of all states on the way, only this one is kept for the backward pass.

    Args:
        field: Slope of a state at a time, `field(t, x)`.
        x: State at time 0.
        end: Time at which to end.
        steps: Number of steps of the solver, forwards and backwards.
        method: As in `runge_kutta`.

    Example:
        >>> class Growth(nn.Module):
        ...     def forward(self, t: float, x: Tensor) -> Tensor:
        ...         return x
        >>> x = torch.ones(1, requires_grad=True)
        >>> torch.autograd.grad(adjoint_method(Growth(), x, steps=10), x)[0]
        tensor([2.7183])
    """
    return _Solution.apply(field, {"steps": steps, "method": method}, end, x, *field.parameters())


class _Solution(torch.autograd.Function):
    """The solution at the end, with the backward pass above."""

    @staticmethod
    def forward(ctx: Any, field: Any, solver: dict[str, Any], end: float, x: Tensor, *weights: Tensor) -> Tensor:
        """Solve the equation, and keep the state at the end."""
        y = runge_kutta(field, x, end=end, **solver)
        ctx.field, ctx.solver, ctx.end = field, solver, end
        ctx.names = [name for name, _ in field.named_parameters()]
        ctx.save_for_backward(y, *weights)
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, arriving: Tensor) -> tuple[Tensor | None, ...]:
        """Return the gradients of the state at time 0 and of the weights."""
        y, *weights = ctx.saved_tensors
        size, sizes = y.numel(), [weight.numel() for weight in weights]

        def slopes(t: float, state: Tensor) -> Tensor:
            x, a, _ = state.split([size, size, sum(sizes)])
            with torch.enable_grad():
                inside = [value.detach().requires_grad_() for value in (x.view_as(y), *weights)]
                slope = functional_call(ctx.field, dict(zip(ctx.names, inside[1:], strict=True)), (t, inside[0]))
            by = torch.autograd.grad(slope, inside, -a.view_as(y), allow_unused=True, materialize_grads=True)
            return torch.cat([slope.detach().flatten(), *[gradient.flatten() for gradient in by]])

        state = torch.cat([y.flatten(), arriving.flatten(), y.new_zeros(sum(sizes))])
        _, a, g = runge_kutta(slopes, state, start=ctx.end, end=0.0, **ctx.solver).split([size, size, sum(sizes)])
        gradients = [part.view_as(weight) for part, weight in zip(g.split(sizes), weights, strict=True)]
        return (None, None, None, a.view_as(y), *gradients)

"""Reversible backpropagation: activations are computed from those that follow, and are not stored.

Source: Gomez et al. 2017, "The reversible residual network: backpropagation without storing activations"
(gomez2017reversible).

Equations, for each block from the last to the first, with e_1, e_2 the gradients at y_1, y_2:
    x_2 = y_2 - G(y_1)
    e_1 <- e_1 + (dG/dy_1)^T e_2,    and the gradient of the weights of G is (dG/dtheta)^T e_2
    x_1 = y_1 - F(x_2)
    e_2 <- e_2 + (dF/dx_2)^T e_1,    and the gradient of the weights of F is (dF/dtheta)^T e_1

Each function is computed once more, and its derivatives follow from that. Weights are those of the forward pass, and
buffers such as running statistics change there only.

Shapes: as in the reversible block.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.func import functional_call

from implementations.concepts.coupling_layer.reversible_block import ReversibleBlock


def reversible_backpropagation(blocks: Sequence[ReversibleBlock], x: Tensor) -> Tensor:
    """Return what the blocks compute, one after the other; of all activations, only this output is kept.

    Args:
        blocks: Reversible blocks, which must stay in the same mode until the backward pass.
        x: Input of the first.

    Example:
        >>> blocks = [ReversibleBlock(), ReversibleBlock()]
        >>> reversible_backpropagation(blocks, torch.ones(1, 4)).sum().backward()
        >>> blocks[0].f.bias.grad is None
        False
    """
    functions = [function for block in blocks for function in (block.f, block.g)]
    states = [
        (dict(function.named_parameters()), {name: value.clone() for name, value in function.named_buffers()})
        for function in functions
    ]
    weights = [weight for named, _ in states for weight in named.values()]
    return _Reversible.apply(blocks, functions, states, x, *weights)


class _Reversible(torch.autograd.Function):
    """A sequence of blocks with the backward pass above."""

    @staticmethod
    def forward(ctx: Any, blocks: Any, functions: Any, states: Any, x: Tensor, *weights: Tensor) -> Tensor:
        """Run the blocks, and keep the last output."""
        for block in blocks:
            x = block(x)
        ctx.functions = functions
        ctx.names, ctx.buffers = [list(named) for named, _ in states], [buffers for _, buffers in states]
        ctx.save_for_backward(x, *weights)
        return x

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, arriving: Tensor) -> tuple[Tensor | None, ...]:
        """Return the gradients of the input and of all weights, in the order in which they came."""
        y, *weights = ctx.saved_tensors
        remaining = list(weights)
        named = [{name: remaining.pop(0) for name in names} for names in ctx.names]
        steps = list(zip(ctx.functions, named, ctx.buffers, strict=True))
        (y_1, y_2), (e_1, e_2) = y.chunk(2, 1), arriving.chunk(2, 1)
        found: list[list[Tensor]] = []
        while steps:
            g, f = steps.pop(), steps.pop()
            value, slope, of_g = again(*g, y_1, e_2)
            y_2, e_1 = y_2 - value, e_1 + slope  # the second half of the input: x_2
            value, slope, of_f = again(*f, y_2, e_1)
            y_1, e_2 = y_1 - value, e_2 + slope  # the first: x_1
            found = [of_f, of_g, *found]
        gradients = [gradient for step in found for gradient in step]
        return (None, None, None, torch.cat([e_1, e_2], 1), *gradients)


def again(
    function: nn.Module, weights: Mapping[str, Tensor], buffers: Mapping[str, Tensor], x: Tensor, arriving: Tensor
) -> tuple[Tensor, Tensor, list[Tensor]]:
    """Return a function's value, and the gradients of its input and of its weights for one that arrives at it."""
    with torch.enable_grad():
        inside = x.detach().requires_grad_()
        own = {name: weight.detach().requires_grad_() for name, weight in weights.items()}
        state = {**own, **{name: value.clone() for name, value in buffers.items()}}
        value = functional_call(function, state, (inside,))
    slope, *gradients = torch.autograd.grad(value, [inside, *own.values()], arriving)
    return value.detach(), slope, gradients

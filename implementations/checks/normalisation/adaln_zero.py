"""Exact checks of adaLN-Zero."""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.normalisation.adaln_zero import AdaLNZero


def identity_at_the_start(generator: torch.Generator) -> float:
    """Return the change of a signal and of a gradient that pass a hundred new branches."""
    x, condition, upstream = _draw(generator)
    x.requires_grad_()
    y = x
    for _ in range(100):
        y = AdaLNZero().double()(y, condition)
    (received,) = torch.autograd.grad(y, x, upstream)
    return max(difference(y, x), difference(received, upstream))


def gradient_of_the_gate_at_the_start(generator: torch.Generator) -> float:
    """Return the difference of the gradient of the gate's bias from branch times gradient; others must be zero."""
    layer = AdaLNZero().double()
    x, condition, upstream = _draw(generator)
    found, *others = torch.autograd.grad(
        layer(x, condition), [layer.modulation.bias, *layer.branch.parameters()], upstream
    )
    expected = (layer.branch(layer.norm(x)) * upstream).sum((0, 1))
    shift_and_scale = found[: 2 * len(expected)]
    return max(
        difference(found[2 * len(expected) :], expected), *(float(g.abs().max()) for g in (shift_and_scale, *others))
    )


def _draw(generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Return features, a condition, and a gradient of the output."""
    x, condition, upstream = (torch.randn(*shape, generator=generator, dtype=torch.float64) for shape in SHAPES)
    return x, condition, upstream


SHAPES = (2, 3, 4), (2, 4), (2, 3, 4)

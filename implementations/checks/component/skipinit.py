"""Exact checks of SkipInit."""

import torch
from torch import nn

from implementations.claims.agreement import difference
from implementations.concepts.component.residual_connection import ResidualConnection
from implementations.concepts.component.skipinit import SkipInit


def identity_at_the_start(generator: torch.Generator) -> float:
    """Return the change of a signal and of a gradient that pass a hundred new residual blocks."""
    stack = nn.Sequential(*(ResidualConnection(branch=SkipInit()) for _ in range(100))).double()
    x = torch.randn(3, 4, generator=generator, dtype=torch.float64, requires_grad=True)
    upstream = torch.randn(3, 4, generator=generator, dtype=torch.float64)
    y = stack(x)
    (received,) = torch.autograd.grad(y, x, upstream)
    return max(difference(y, x), difference(received, upstream))


def gradient_of_the_scalar(generator: torch.Generator) -> float:
    """Return the difference between the scalar's gradient and the inner product of branch and gradient."""
    layer = SkipInit().double()
    x = torch.randn(3, 4, generator=generator, dtype=torch.float64)
    upstream = torch.randn(3, 4, generator=generator, dtype=torch.float64)
    (found,) = torch.autograd.grad(layer(x), layer.scale, upstream)
    return difference(found, (layer.branch(x) * upstream).sum())

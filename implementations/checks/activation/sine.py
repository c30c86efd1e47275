"""Exact checks of the sine unit."""

import math

import torch

from implementations.claims.agreement import difference
from implementations.concepts.activation.sine import Sine


def derivative_is_a_shifted_sine(generator: torch.Generator) -> float:
    """Return the difference of the derivative from the same function a quarter of a period later, times the factor."""
    x = torch.randn(50, 4, generator=generator, dtype=torch.float64).requires_grad_()
    sine = Sine(frequency=3.0)
    slope = torch.autograd.grad(sine(x).sum(), x)[0]
    return difference(slope, 3.0 * sine(x + math.pi / (2 * 3.0)))


def it_repeats(generator: torch.Generator) -> float:
    """Return the difference between the values a period apart."""
    x = torch.randn(50, 4, generator=generator, dtype=torch.float64)
    return difference(Sine()(x + 2 * math.pi / 30), Sine()(x))

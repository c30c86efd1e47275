"""Exact checks of fixed points, on x = A x + b with a random contraction A."""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.implicit_layer.fixed_point import fixed_point

SIZE = 6


def _problem(generator: torch.Generator) -> tuple[Tensor, Tensor]:
    matrix = torch.randn(SIZE, SIZE, generator=generator, dtype=torch.float64)
    matrix = 0.7 * matrix / torch.linalg.matrix_norm(matrix, 2)
    return matrix.requires_grad_(), torch.randn(SIZE, generator=generator, dtype=torch.float64, requires_grad=True)


def linear_step_is_a_linear_solve(generator: torch.Generator) -> float:
    """Return the difference to (I - A)^-1 b, of values and of the gradients of A and b."""
    matrix, shift = _problem(generator)
    found = fixed_point(lambda x: matrix @ x + shift, torch.zeros(SIZE, dtype=torch.float64))
    expected = torch.linalg.solve(torch.eye(SIZE, dtype=torch.float64) - matrix, shift)
    sent = torch.randn(SIZE, generator=generator, dtype=torch.float64)
    gradients = [torch.autograd.grad(value, (matrix, shift), sent) for value in (found, expected)]
    return max(difference(found, expected), *(difference(a, b) for a, b in zip(*gradients, strict=True)))


def gradients_are_those_of_unrolling(generator: torch.Generator) -> float:
    """Return the difference to gradients through 300 unrolled steps of a non-linear contraction."""
    matrix, shift = _problem(generator)

    def step(x: Tensor) -> Tensor:
        return torch.tanh(matrix @ x + shift)

    unrolled = torch.zeros(SIZE, dtype=torch.float64)
    for _ in range(300):
        unrolled = step(unrolled)
    found = fixed_point(step, torch.zeros(SIZE, dtype=torch.float64))
    sent = torch.randn(SIZE, generator=generator, dtype=torch.float64)
    gradients = [torch.autograd.grad(value, (matrix, shift), sent) for value in (found, unrolled)]
    return max(difference(found, unrolled), *(difference(a, b) for a, b in zip(*gradients, strict=True)))

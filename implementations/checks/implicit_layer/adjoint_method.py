"""Exact checks of the adjoint method."""

import torch
from torch import Tensor, nn

from implementations.claims.agreement import difference
from implementations.concepts.implicit_layer.adjoint_method import adjoint_method
from implementations.concepts.numerical_method.runge_kutta_method import runge_kutta

SIZE, STEPS, END = 3, 400, 1.0


class Field(nn.Module):
    """A matrix times the state, or a squashed one with a phase that depends on time.

    Args:
        generator: Draws the matrix.
        linear: Whether nothing is squashed.
    """

    def __init__(self, generator: torch.Generator, *, linear: bool) -> None:
        super().__init__()
        self.matrix = nn.Parameter(0.5 * torch.randn(SIZE, SIZE, generator=generator, dtype=torch.float64))
        self.linear = linear

    def forward(self, t: float, x: Tensor) -> Tensor:
        """Return the slope."""
        return x @ self.matrix.T if self.linear else torch.sin(x @ self.matrix.T + t)


def _problem(generator: torch.Generator, *, linear: bool) -> tuple[Field, Tensor, Tensor]:
    field = Field(generator, linear=linear)
    x, sent = torch.randn(2, 4, SIZE, generator=generator, dtype=torch.float64)
    return field, x.requires_grad_(), sent


def _worst(found: Tensor, expected: Tensor, field: Field, x: Tensor, sent: Tensor) -> float:
    gradients = [torch.autograd.grad(value, (x, field.matrix), sent) for value in (found, expected)]
    return max(difference(found, expected), *(difference(a, b) for a, b in zip(*gradients, strict=True)))


def gradients_are_those_through_the_steps(generator: torch.Generator) -> float:
    """Return the difference from the gradients through all steps of the solver, which are so small that both agree."""
    field, x, sent = _problem(generator, linear=False)
    solver = {"end": END, "steps": STEPS}
    return _worst(adjoint_method(field, x, **solver), runge_kutta(field, x, **solver), field, x, sent)


def linear_field_is_a_matrix_exponential(generator: torch.Generator) -> float:
    """Return the difference from the matrix exponential and its gradients."""
    field, x, sent = _problem(generator, linear=True)
    expected = x @ torch.linalg.matrix_exp(END * field.matrix).T
    return _worst(adjoint_method(field, x, end=END, steps=STEPS), expected, field, x, sent)

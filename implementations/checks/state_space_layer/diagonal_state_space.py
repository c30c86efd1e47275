"""Exact checks of the diagonal state space."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.state_space_layer.diagonal_state_space import DiagonalStateSpace


def convolution_is_a_recurrence(generator: torch.Generator) -> float:
    """Return the difference between the convolution and the recurrence, one step after the other."""
    layer = DiagonalStateSpace().double()
    x = torch.randn(2, 11, 4, generator=generator, dtype=torch.float64)
    factors, entering = layer.coefficients()
    state, outputs = torch.zeros(2, 4, 3, dtype=torch.complex128), []
    for step in x.unbind(1):
        state = factors * state + entering * step[..., None]
        outputs.append(2 * (torch.view_as_complex(layer.output) * state).real.sum(-1) + layer.skip * step)
    return difference(layer(x), torch.stack(outputs, 1))


def step_solves_the_equation(generator: torch.Generator) -> float:
    """Return the difference of a step from the solution of the differential equation with an input that is held.

    The real part of a number, its imaginary part and the input obey a linear equation, whose solution after the time of
    a step is the exponential of a real matrix: here its power series, since `torch.matrix_exp` is precise to 1e-9 only.
    """
    layer = DiagonalStateSpace(width=1, state=3).double()
    layer.frequency.data += torch.rand(1, 3, generator=generator, dtype=torch.float64)
    factors, entering = layer.coefficients()
    errors = []
    for number in range(3):
        decay, frequency = layer.log_decay[0, number].exp().item(), layer.frequency[0, number].item()
        equation = torch.tensor([[-decay, -frequency, 1], [frequency, -decay, 0], [0, 0, 0]], dtype=torch.float64)
        solution, term = torch.eye(3, dtype=torch.float64), torch.eye(3, dtype=torch.float64)
        for power in range(1, 20):
            term = term @ equation * layer.log_step.exp() / power
            solution = solution + term
        errors.append(difference(torch.view_as_real(factors[0, number]), solution[:2, 0]))
        errors.append(difference(torch.view_as_real(entering[0, number]), solution[:2, 2]))
    return max(errors)

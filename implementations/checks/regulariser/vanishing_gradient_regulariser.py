"""Exact checks of the vanishing-gradient regulariser."""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.initialisation.orthogonal_initialisation import orthogonal_initialisation
from implementations.concepts.regulariser.vanishing_gradient_regulariser import vanishing_gradient_penalty


def jacobians_by_differentiation(generator: torch.Generator) -> float:
    """Return the difference to the penalty with every Jacobian from automatic differentiation of the whole network."""
    weight, projected, sent = (
        torch.randn(shape, generator=generator, dtype=torch.float64) for shape in ((4, 4), (5, 4), (4,))
    )

    def later(state: Tensor, start: int) -> Tensor:
        for step in projected[start:]:
            state = torch.tanh(weight @ state + step)
        return state

    states = [torch.zeros(4, dtype=torch.float64)]
    for step in projected:
        states.append(torch.tanh(weight @ states[-1] + step))
    gradients = [sent @ torch.func.jacrev(later)(state, start) for start, state in enumerate(states)]
    lengths = torch.stack(gradients).norm(dim=1)  # of dE/dh_k for all k
    expected = (lengths[:-1] / lengths[1:] - 1).square().sum()
    return difference(
        vanishing_gradient_penalty(weight, torch.stack(states[1:])[None], torch.stack(gradients[1:])[None]), expected
    )


def nothing_to_mend(generator: torch.Generator) -> float:
    """Return the penalty of orthogonal weights around zero, where the hyperbolic tangent has slope one."""
    weight = orthogonal_initialisation(torch.empty(4, 4, dtype=torch.float64), generator=generator)
    gradients = torch.randn(2, 5, 4, generator=generator, dtype=torch.float64)
    return vanishing_gradient_penalty(weight, torch.zeros(2, 5, 4, dtype=torch.float64), gradients).item()


def gradient_by_differences(generator: torch.Generator) -> float:
    """Return the difference between its gradient and central differences with states and gradients held fixed."""
    weight = torch.randn(3, 3, generator=generator, dtype=torch.float64, requires_grad=True)
    states = torch.tanh(torch.randn(2, 4, 3, generator=generator, dtype=torch.float64))
    gradients = torch.randn(2, 4, 3, generator=generator, dtype=torch.float64)
    (found,) = torch.autograd.grad(vanishing_gradient_penalty(weight, states, gradients), weight)
    small, expected = 1e-5, torch.zeros_like(found)
    for index in range(9):
        shift = torch.zeros(9, dtype=torch.float64)
        shift[index] = small
        ends = [
            vanishing_gradient_penalty(weight.detach() + sign * shift.view(3, 3), states, gradients) for sign in (1, -1)
        ]
        expected.view(-1)[index] = (ends[0] - ends[1]) / (2 * small)
    return difference(found, expected)

"""Exact checks of the straight-through estimator: its derivative in training and in eval mode."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.gradient_estimator.straight_through_estimator import StraightThroughEstimator


def gradients_pass_unchanged_in_training(generator: torch.Generator) -> float:
    """Return the differences of the gradient at the input from that at the output, and of the values from a step."""
    step = StraightThroughEstimator(threshold=0.3).train()
    a = torch.randn(5, 6, generator=generator, dtype=torch.float64, requires_grad=True)
    upstream = torch.randn(5, 6, generator=generator, dtype=torch.float64)
    h = step(a)
    (received,) = torch.autograd.grad(h, a, upstream)
    expected = torch.heaviside(a.detach() - 0.3, torch.zeros((), dtype=a.dtype))
    return max(difference(received, upstream), difference(h, expected))


def the_derivative_is_that_of_the_step_in_eval_mode(generator: torch.Generator) -> float:
    """Return the largest derivative by automatic differentiation and by a central difference; both have to be zero.

    Inputs are kept away from the threshold, where there is no derivative.
    """
    step = StraightThroughEstimator().eval()
    a = torch.randn(5, 6, generator=generator, dtype=torch.float64)
    a = (a + 0.01 * a.sign()).requires_grad_()
    (found,) = torch.autograd.grad(step(a).sum(), a)
    slope = (step(a + 1e-3) - step(a - 1e-3)) / 2e-3
    return torch.maximum(found.abs().max(), slope.abs().max()).item()

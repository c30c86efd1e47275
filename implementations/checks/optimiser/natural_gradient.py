"""Exact checks of the natural gradient, on a distribution over four outcomes with three parameters."""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.optimiser.natural_gradient import fisher_matrix, natural_gradient


def fisher_is_the_curvature_of_the_divergence(generator: torch.Generator) -> float:
    """Return the difference between the Fisher matrix and the second derivative of the KL divergence, at distance 0."""
    at = torch.randn(3, generator=generator, dtype=torch.float64)

    def divergence(other: Tensor) -> Tensor:
        return (_outcomes(at).exp() * (_outcomes(at) - _outcomes(other))).sum()

    return difference(fisher_matrix(_outcomes, at), torch.func.hessian(divergence)(at))


def step_does_not_depend_on_the_parametrisation(generator: torch.Generator) -> float:
    """Return the difference between the motion of the original parameters in two coordinate systems.

    theta = f(phi) with an invertible, non-linear f; the motion is to first order, along the flow: J F_phi^-1 g_phi =
    F^-1 g.
    """
    mixing = torch.randn(3, 3, generator=generator, dtype=torch.float64) + 2 * torch.eye(3, dtype=torch.float64)
    costs = torch.randn(4, generator=generator, dtype=torch.float64)

    def reparametrised(phi: Tensor) -> Tensor:
        return torch.sinh(phi) @ mixing.T

    def loss(theta: Tensor) -> Tensor:
        return (_outcomes(theta).exp() * costs).sum()

    phi = torch.randn(3, generator=generator, dtype=torch.float64)
    theta = reparametrised(phi)
    direct = natural_gradient(torch.func.grad(loss)(theta), fisher_matrix(_outcomes, theta))
    gradient = torch.func.grad(lambda p: loss(reparametrised(p)))(phi)
    inner = natural_gradient(gradient, fisher_matrix(lambda p: _outcomes(reparametrised(p)), phi))
    return difference(torch.func.jacrev(reparametrised)(phi) @ inner, direct)


def damping_bounds_what_the_metric_divides_by(generator: torch.Generator) -> float:
    """Return the difference, for a metric with known directions and one of them zero, from a division by each."""
    directions = torch.linalg.qr(torch.randn(3, 3, generator=generator, dtype=torch.float64)).Q
    strengths, damping = torch.tensor([4.0, 1.0, 0.0], dtype=torch.float64), 0.25
    along = torch.randn(3, generator=generator, dtype=torch.float64)
    found = natural_gradient(directions @ along, directions * strengths @ directions.T, damping=damping)
    return difference(directions.T @ found, along / (strengths + damping))


def _outcomes(theta: Tensor) -> Tensor:
    """Return the log-probabilities of four outcomes, the last with its logit fixed at zero."""
    return torch.cat([theta, theta.new_zeros(1)]).log_softmax(0)

"""Exact checks of the monotone gradient network."""

import torch
from torch.nn import functional as F

from implementations.architectures.feedforward.monotone_gradient_network import MonotoneGradientNetwork
from implementations.claims.agreement import difference


def randomised(generator: torch.Generator, **arguments: int) -> MonotoneGradientNetwork:
    """Return a network with arbitrary weights."""
    net = MonotoneGradientNetwork(features=5, units=7, **arguments).double()
    for parameter in net.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    return net


def jacobians_are_symmetric_without_negative_eigenvalues(generator: torch.Generator) -> float:
    """Return the difference of Jacobians from their transposes, and by how much an eigenvalue is below zero."""
    net = randomised(generator, layers=4)
    x = 2 * torch.randn(50, 5, generator=generator, dtype=torch.float64)
    jacobians = torch.func.vmap(torch.func.jacrev(lambda x: net(x[None])[0]))(x)
    below = (-torch.linalg.eigvalsh(jacobians).min()).clamp(min=0).item()
    return max(difference(jacobians, jacobians.mT), below)


def of_one_layer_the_convex_function_is_known(generator: torch.Generator) -> float:
    """Return the difference from the derivative of sums of softplus functions, a quadratic and a plane."""
    net = randomised(generator, layers=1)
    x = torch.randn(20, 5, generator=generator, dtype=torch.float64, requires_grad=True)
    ramps = F.softplus(x @ net.weight.T + net.shifts[0]).sum()
    energy = ramps + (x @ net.factor.T).square().sum() / 2 + (x @ net.last_shift).sum()
    (gradient,) = torch.autograd.grad(energy, x)
    return difference(net(x), gradient)


def no_work_is_gained_on_a_closed_path(generator: torch.Generator) -> float:
    """Return the integral of the outputs along a circle, by the trapezoidal rule, which is exact there up to rounding.

    The integrand is periodic and smooth, so that the error of the rule falls faster than any power of the step.
    """
    net = randomised(generator, layers=3)
    angle = torch.arange(400, dtype=torch.float64) * (2 * torch.pi / 400)
    across, up = torch.linalg.qr(torch.randn(5, 2, generator=generator, dtype=torch.float64)).Q.T
    place = angle.cos()[:, None] * across + angle.sin()[:, None] * up
    along = angle.cos()[:, None] * up - angle.sin()[:, None] * across
    return ((net(place) * along).sum(1).mean() * 2 * torch.pi).abs().item()

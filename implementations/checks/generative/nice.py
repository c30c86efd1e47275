"""Exact checks of NICE."""

import torch
from torch.distributions import SigmoidTransform, TransformedDistribution, Uniform

from implementations.architectures.generative.nice import NICE
from implementations.claims.agreement import difference


def randomised(generator: torch.Generator, *, scales: bool = True) -> NICE:
    """Return a network with arbitrary weights and scales."""
    net = NICE(scales=scales).double()
    for parameter in net.parameters():
        parameter.data += 0.3 * torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    return net


def inverse_undoes_it(generator: torch.Generator) -> float:
    """Return the difference between numbers and their map there and back, and back and there."""
    net = randomised(generator)
    x = torch.randn(4, 5, generator=generator, dtype=torch.float64)
    return max(difference(net.inverse(net(x)), x), difference(net(net.inverse(x)), x))


def determinant_is_that_of_the_jacobian(generator: torch.Generator) -> float:
    """Return the difference from the logarithm of the determinant, computed from all derivatives."""
    net = randomised(generator)
    x = torch.randn(4, 5, generator=generator, dtype=torch.float64)
    jacobians = torch.func.vmap(torch.func.jacrev(lambda x: net(x[None])[0]))(x)
    return difference(net.with_log_determinant(x).log_determinant, torch.linalg.slogdet(jacobians).logabsdet)


def volumes_are_kept_without_scaling(generator: torch.Generator) -> float:
    """Return how far the determinants of all derivatives are from 1, where nothing is scaled."""
    net = randomised(generator, scales=False)
    x = torch.randn(4, 5, generator=generator, dtype=torch.float64)
    jacobians = torch.func.vmap(torch.func.jacrev(lambda x: net(x[None])[0]))(x)
    stated = net.with_log_determinant(x).log_determinant
    return max(difference(torch.linalg.det(jacobians), torch.ones_like(stated)), stated.abs().max().item())


def likelihood_is_that_of_torch(generator: torch.Generator) -> float:
    """Return the difference from torch's logistic distribution, carried over by the determinant of all derivatives."""
    net = randomised(generator)
    x = torch.randn(4, 5, generator=generator, dtype=torch.float64)
    uniform = Uniform(torch.zeros((), dtype=torch.float64), torch.ones((), dtype=torch.float64))
    logistic = TransformedDistribution(uniform, [SigmoidTransform().inv])
    jacobians = torch.func.vmap(torch.func.jacrev(lambda x: net(x[None])[0]))(x)
    expected = logistic.log_prob(net(x)).sum(1) + torch.linalg.slogdet(jacobians).logabsdet
    return difference(-net.negative_log_likelihood(generator=generator, x=x), expected)

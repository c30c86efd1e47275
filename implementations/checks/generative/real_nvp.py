"""Exact checks of Real NVP."""

import torch
from torch.distributions import MultivariateNormal

from implementations.architectures.generative.nice import NICE
from implementations.architectures.generative.real_nvp import RealNVP
from implementations.claims.agreement import difference


def randomised(generator: torch.Generator) -> RealNVP:
    """Return a network with arbitrary weights and scales."""
    net = RealNVP().double()
    for parameter in net.parameters():
        parameter.data += 0.3 * torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    return net


def points(generator: torch.Generator) -> torch.Tensor:
    """Return four random examples."""
    return torch.randn(4, 5, generator=generator, dtype=torch.float64)


def inverse_undoes_it(generator: torch.Generator) -> float:
    """Return the difference between numbers and their map there and back, and back and there."""
    net, x = randomised(generator), points(generator)
    return max(difference(net.inverse(net(x)), x), difference(net(net.inverse(x)), x))


def determinant_is_that_of_the_jacobian(generator: torch.Generator) -> float:
    """Return the difference from the logarithm of the determinant, computed from all derivatives."""
    net, x = randomised(generator), points(generator)
    jacobians = torch.func.vmap(torch.func.jacrev(lambda x: net(x[None])[0]))(x)
    return difference(net.with_log_determinant(x).log_determinant, torch.linalg.slogdet(jacobians).logabsdet)


def likelihood_is_that_of_torch(generator: torch.Generator) -> float:
    """Return the difference from torch's normal distribution, carried over by the determinant of all derivatives."""
    net, x = randomised(generator), points(generator)
    normal = MultivariateNormal(torch.zeros(5, dtype=torch.float64), torch.eye(5, dtype=torch.float64))
    jacobians = torch.func.vmap(torch.func.jacrev(lambda x: net(x[None])[0]))(x)
    expected = normal.log_prob(net(x)) + torch.linalg.slogdet(jacobians).logabsdet
    return difference(-net.negative_log_likelihood(generator=generator, x=x), expected)


def without_scales_it_is_nice(generator: torch.Generator) -> float:
    """Return the difference from NICE without scaling that adds the same functions, where no coupling scales."""
    net, nice, x = randomised(generator), NICE(scales=False).double(), points(generator)
    for ours, theirs in zip(net.couplings, nice.couplings, strict=True):
        ours.gain.data.zero_()
        shifts = len(ours.changed)
        theirs.m[0].load_state_dict(ours.functions[0].state_dict())
        theirs.m[2].weight.data = ours.functions[2].weight.data[shifts:]
        theirs.m[2].bias.data = ours.functions[2].bias.data[shifts:]
    return difference(net(x), nice(x))

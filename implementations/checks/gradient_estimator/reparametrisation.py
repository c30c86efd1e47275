"""Exact checks of reparametrisation."""

import numpy as np
import torch

from implementations.claims.agreement import difference
from implementations.concepts.gradient_estimator.reparametrisation import Reparametrisation


def mean_gradient_is_that_of_the_mean(generator: torch.Generator) -> float:
    """Return the difference of the mean gradient of z^3 from that of its mean m^3 + 3 m s^2, the first a sum."""
    mean, log_variance = torch.randn(2, 1, generator=generator, dtype=torch.float64).requires_grad_()
    nodes, weights = (torch.from_numpy(part) for part in np.polynomial.hermite_e.hermegauss(8))
    z = Reparametrisation()(mean, log_variance, nodes)
    found = torch.autograd.grad((weights / weights.sum()) @ z**3, [mean, log_variance])
    expected = 3 * mean**2 + 3 * log_variance.exp(), 3 * mean * log_variance.exp()
    return max(difference(a, b) for a, b in zip(found, expected, strict=True))


def torch_draws_the_same(generator: torch.Generator) -> float:
    """Return the difference from `Normal.rsample` of torch for the noise that it draws, and of the gradients."""
    mean, log_variance = (torch.randn(6, generator=generator, dtype=torch.float64).requires_grad_() for _ in range(2))
    seed = int(torch.randint(1000, (), generator=generator))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        expected = torch.distributions.Normal(mean, (log_variance / 2).exp()).rsample()
        torch.manual_seed(seed)
        noise = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean)).sample()
    found = Reparametrisation()(mean, log_variance, noise)
    slopes = [torch.autograd.grad(z.square().sum(), [mean, log_variance]) for z in (found, expected)]
    return max(difference(found, expected), *(difference(a, b) for a, b in zip(*slopes, strict=True)))

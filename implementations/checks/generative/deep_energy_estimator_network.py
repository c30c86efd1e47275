"""Exact checks of the deep energy estimator network."""

import torch
from torch import Tensor, nn

from implementations.architectures.generative.deep_energy_estimator_network import DeepEnergyEstimatorNetwork
from implementations.claims.agreement import difference

VARIANCE = 1.7


class Quadratic(nn.Module):
    """The derivative of half the squared length over a variance: the energy of normal numbers."""

    features = 4

    def __init__(self, variance: float) -> None:
        super().__init__()
        self.variance = variance

    def forward(self, x: Tensor) -> Tensor:
        """Return the derivative."""
        return x / self.variance


def score_is_minus_the_derivative(generator: torch.Generator) -> float:
    """Return the difference from the derivative of the energy that autograd takes, with the other sign."""
    net = DeepEnergyEstimatorNetwork().double()
    x = torch.randn(20, 4, generator=generator, dtype=torch.float64).requires_grad_()
    return difference(net(x), -torch.autograd.grad(net.gradient.energy(x).sum(), x)[0])


def jacobian_is_symmetric(generator: torch.Generator) -> float:
    """Return the difference between the derivative of the score by the inputs and its transpose."""
    net = DeepEnergyEstimatorNetwork().double()
    x = torch.randn(20, 4, generator=generator, dtype=torch.float64)
    jacobians = torch.func.vmap(torch.func.jacrev(lambda x: net(x[None])[0]))(x)
    return difference(jacobians, jacobians.mT)


def normal_data_are_denoised_by_the_posterior_mean(generator: torch.Generator) -> float:
    """Return the difference from the mean of normal data given noisy ones, with the energy of the latter."""
    net = DeepEnergyEstimatorNetwork()
    net.gradient = Quadratic(VARIANCE + net.noise**2)
    y = torch.randn(20, 4, generator=generator, dtype=torch.float64)
    return difference(net.denoised(y), VARIANCE / (VARIANCE + net.noise**2) * y)


def score_matching_is_denoising(generator: torch.Generator) -> float:
    """Return the difference between the objective and the squared difference from the direction to the clean example.

    The direction, which is the noise over sigma with the other sign, is the score of the noisy example given the clean
    one.
    """
    net = DeepEnergyEstimatorNetwork().double()
    x = torch.randn(20, 4, generator=generator, dtype=torch.float64)
    state = generator.get_state()
    objective = net.denoising_error(generator=generator, x=x)
    generator.set_state(state)
    noise = torch.randn(x.shape, generator=generator, dtype=x.dtype)
    score = net(x + net.noise * noise)
    return difference(objective, net.noise**4 * (score + noise / net.noise).square().sum(1))

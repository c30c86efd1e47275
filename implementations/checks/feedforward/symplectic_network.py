"""Exact checks of the symplectic network."""

import torch

from implementations.architectures.feedforward.symplectic_network import SymplecticNetwork
from implementations.claims.agreement import difference
from implementations.concepts.numerical_method.leapfrog import leapfrog


def randomised(generator: torch.Generator) -> SymplecticNetwork:
    """Return a network with arbitrary weights."""
    net = SymplecticNetwork().double()
    for parameter in net.parameters():
        parameter.data += 0.5 * torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    return net


def jacobian_is_symplectic(generator: torch.Generator) -> float:
    """Return the difference of J^T O J from O, relative to the largest product of two derivatives."""
    net = randomised(generator)
    x = torch.randn(20, 4, generator=generator, dtype=torch.float64)
    form = torch.zeros(4, 4, dtype=torch.float64)
    form[:2, 2:], form[2:, :2] = torch.eye(2), -torch.eye(2)
    jacobians = torch.func.vmap(torch.func.jacrev(lambda x: net(x[None])[0]))(x)
    error = (jacobians.mT @ form @ jacobians - form).abs().amax((1, 2))
    return (error / jacobians.square().amax((1, 2))).max().item()


def inverse_undoes_it(generator: torch.Generator) -> float:
    """Return the difference between states and their map there and back, and back and there."""
    net = randomised(generator)
    x = torch.randn(20, 4, generator=generator, dtype=torch.float64)
    return max(difference(net.inverse(net(x)), x), difference(net(net.inverse(x)), x))


def two_steps_of_leapfrog(generator: torch.Generator) -> float:
    """Return the difference from the leapfrog, for the force -tanh(x) and small states.

    Positions are shifted by tanh(v) in place of v; for momenta of the size of 1e-6 the difference is rounding.
    """
    step, small = 0.1, 1e-6
    net = SymplecticNetwork(positions=1, hidden=1, depth=5).double()
    halves = (step / 2, step, step, step, step / 2)
    for index, (shear, share) in enumerate(zip(net.shears, halves, strict=True)):
        shear.arguments.weight.data.fill_(1)
        shear.arguments.bias.data.zero_()
        shear.amplitude.data.fill_(share if index % 2 else -share)
    x, v = small * torch.randn(2, 50, 1, generator=generator, dtype=torch.float64)
    after = torch.cat(leapfrog(x, v, lambda x: -torch.tanh(x), step=step, steps=2), 1)
    return difference(net(torch.cat([x, v], 1)), after)

"""Exact checks of the invertible residual network."""

import torch
from torch import Tensor

from implementations.architectures.feedforward.invertible_residual_network import InvertibleResidualNetwork
from implementations.claims.agreement import difference

FACTOR = 0.9


def drawn(generator: torch.Generator, blocks: int = 3) -> tuple[InvertibleResidualNetwork, Tensor]:
    """Return a network with large arbitrary weights, and inputs."""
    net = InvertibleResidualNetwork(blocks=blocks, factor=FACTOR).double()
    for parameter in net.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    return net, torch.randn(20, 3, generator=generator, dtype=torch.float64)


def inverse_undoes_it(generator: torch.Generator) -> float:
    """Return the difference between features and their map there and back, and back and there."""
    net, x = drawn(generator)
    return max(difference(net.inverse(net(x)), x), difference(net(net.inverse(x)), x))


def derivative_of_the_inverse_is_the_inverse_matrix(generator: torch.Generator) -> float:
    """Return the difference between the derivatives of the inverse and the inverses of the derivatives."""
    net, x = drawn(generator)
    x = x[:4]
    y = net(x).detach()
    there = torch.stack([torch.autograd.functional.jacobian(lambda v: net(v[None])[0], row) for row in x])
    back = torch.stack([torch.autograd.functional.jacobian(lambda v: net.inverse(v[None])[0], row) for row in y])
    return difference(back, torch.linalg.inv(there))


def slopes_of_a_block_are_within_their_bounds(generator: torch.Generator) -> float:
    """Return by how much singular values of a block's derivative leave the interval from 1 - c^2 to 1 + c^2."""
    net, x = drawn(generator, blocks=1)
    values = torch.stack(
        [torch.linalg.svdvals(torch.autograd.functional.jacobian(lambda v: net(v[None])[0], row)) for row in x]
    )
    outside = torch.maximum(1 - FACTOR**2 - values, values - 1 - FACTOR**2)
    return max(outside.max().item(), 0.0)

"""Exact checks of the GroupSort network."""

import math

import torch

from implementations.architectures.feedforward.group_sort_network import GroupSortNetwork
from implementations.claims.agreement import difference


def randomised(generator: torch.Generator, **arguments: object) -> GroupSortNetwork:
    """Return a deep network with arbitrary rotations and shifts."""
    net = GroupSortNetwork(depth=6, **arguments).double()
    for parameter in net.parameters():
        parameter.data += torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    return net


def gradients_keep_their_norm(generator: torch.Generator) -> float:
    """Return the difference of J J^T from the identity, through six hidden layers."""
    net = randomised(generator)
    x = torch.randn(20, 6, generator=generator, dtype=torch.float64)
    jacobians = torch.func.vmap(torch.func.jacrev(lambda x: net(x[None])[0]))(x)
    return difference(jacobians @ jacobians.mT, torch.eye(2, dtype=torch.float64).expand(20, 2, 2))


def no_distance_grows(generator: torch.Generator) -> float:
    """Return by which share the distance of two outputs exceeds that of their inputs, for 2,000 near and far pairs."""
    net = randomised(generator)
    a, steps = torch.randn(2, 2000, 6, generator=generator, dtype=torch.float64)
    sizes = 10 ** torch.linspace(-3, 3, 2000, dtype=torch.float64)[:, None]
    b = a + sizes * steps
    return ((net(a) - net(b)).norm(dim=1) / (a - b).norm(dim=1) - 1).clamp(min=0).max().item()


def it_represents_the_absolute_value(generator: torch.Generator) -> float:
    """Return the difference from |x| of one pair of units, between rotations by -45 and -135 degrees."""
    net = GroupSortNetwork(groups=1, out_features=1, depth=1, bias=False).double()
    for rotation, angle in zip(net.rotations, (-math.pi / 4, -3 * math.pi / 4), strict=True):
        rotation.weight.data = torch.tensor([[0.0, 0.0], [angle, 0.0]], dtype=torch.float64)
    x = torch.randn(50, 1, generator=generator, dtype=torch.float64)
    return difference(net(torch.cat([x, torch.zeros_like(x)], 1)), x.abs())


def without_constants_lengths_stay(generator: torch.Generator) -> float:
    """Return the difference of the lengths of outputs from those of inputs, where all components are outputs."""
    net = randomised(generator, out_features=6, bias=False)
    x = torch.randn(50, 6, generator=generator, dtype=torch.float64)
    return difference(net(x).norm(dim=1), x.norm(dim=1))

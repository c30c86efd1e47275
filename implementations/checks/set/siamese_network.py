"""Exact checks of the Siamese network: what follows for a distance from towers that are one."""

from copy import deepcopy

import torch
from torch import Tensor

from implementations.architectures.set.siamese_network import SiameseNetwork
from implementations.claims.agreement import difference


def order_does_not_matter(generator: torch.Generator) -> float:
    """Return the difference between the distances of pairs, and of the same pairs in the other order."""
    net, first, second = _random(generator)
    return difference(net(first, second), net(second, first))


def equal_inputs_have_no_distance(generator: torch.Generator) -> float:
    """Return the distance of images to themselves, relative to that of others."""
    net, first, second = _random(generator)
    return (net(first, first).max() / net(first, second).max()).item()


def two_gradients_are_added(generator: torch.Generator) -> float:
    """Return the difference between gradients of the shared tower, and the sum of those of two equal towers."""
    net, first, second = _random(generator)
    towers = [net.tower, deepcopy(net.tower)]
    target = torch.tensor([0, 1, 1])
    net.contrastive_loss(generator=generator, target=target, first=first, second=second).sum().backward()
    shared = [parameter.grad for parameter in net.tower.parameters()]
    net.zero_grad()
    distance = (towers[0](first) - towers[1](second)).square().sum(1).sqrt()
    net.contrast(distance, target).sum().backward()
    pairs = zip(towers[0].parameters(), towers[1].parameters(), strict=True)
    added = [one.grad + other.grad for one, other in pairs]
    return max(difference(found, expected) for found, expected in zip(shared, added, strict=True))


def longer_by_the_third(generator: torch.Generator) -> float:
    """Return by how much a distance exceeds the way by a third image, relative to it: never."""
    net, first, second = _random(generator)
    third = torch.randn(first.shape, generator=generator, dtype=first.dtype)
    direct, around = net(first, second), net(first, third) + net(third, second)
    return ((direct - around).clamp_min(0) / around).max().item()


def _random(generator: torch.Generator) -> tuple[SiameseNetwork, Tensor, Tensor]:
    """Return a network with random weights and a wide margin, and three pairs of images."""
    net = SiameseNetwork(margin=50.0).double()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
    first, second = (value.double() for value in net.example_inputs(generator, B=3).values())
    return net, first, second

"""Exact checks of the group-equivariant convolutional network."""

import torch
from torch.nn import functional as F

from implementations.architectures.convolutional.group_equivariant_network import GroupEquivariantNetwork
from implementations.claims.agreement import difference


def turns_with_the_image(generator: torch.Generator) -> float:
    """Return the difference between turning an image and turning its feature map, by one to three quarters."""
    net = GroupEquivariantNetwork(channels=[3, 4, 5]).double()
    x = torch.randn(2, 2, 7, 6, generator=generator, dtype=torch.float64)
    return max(difference(net(x.rot90(r, (-2, -1))), net(x).rot90(r, (-2, -1))) for r in (1, 2, 3))


def logits_do_not_change(generator: torch.Generator) -> float:
    """Return by how much turning an image changes the logits after the mean over positions."""
    net = GroupEquivariantNetwork(classes=4).double()
    x = torch.randn(2, 2, 7, 6, generator=generator, dtype=torch.float64)
    return max(difference(net(x.rot90(r, (-2, -1))), net(x)) for r in (1, 2, 3))


def symmetric_filters_make_it_an_ordinary_network(generator: torch.Generator) -> float:
    """Return the difference from an ordinary network, where filters are the same from all sides.

    Then all four maps of a channel are equal, and a layer sums its filters over the rotations of its input.
    """
    net = GroupEquivariantNetwork().double()
    for layer in net.layers[::2]:
        turned = [layer.weight.detach().rot90(r, (-2, -1)) for r in range(4)]
        layer.weight.data = torch.stack(turned).mean(0)
    x = torch.randn(2, 2, 7, 6, generator=generator, dtype=torch.float64)
    state = x
    for layer in net.layers[::2]:
        state = F.relu(F.conv2d(state, layer.weight.sum(2), layer.bias, padding=1))
    return difference(net(x), state)

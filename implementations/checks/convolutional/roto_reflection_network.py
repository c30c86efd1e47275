"""Exact checks of the roto-reflection network: images that are turned, mirrored or shifted, and symmetric filters."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.architectures.convolutional.roto_reflection_network import RotoReflectionNetwork
from implementations.claims.agreement import difference

MOVES: list[Callable[[Tensor], Tensor]] = [
    *(lambda x, r=r: x.rot90(r, (2, 3)) for r in (1, 2, 3)),
    *(lambda x, r=r: x.flip(3).rot90(r, (2, 3)) for r in range(4)),
    lambda x: x.roll((1, 2), (2, 3)),
]


def features_move_with_the_image(generator: torch.Generator) -> float:
    """Return the difference between moving an image and moving its features, by every element but shifts, and one."""
    net = RotoReflectionNetwork().double()
    x = torch.randn(2, 2, 7, 6, generator=generator, dtype=torch.float64)
    return max(difference(net.trunk(move(x)), move(net.trunk(x))) for move in MOVES)


def logits_do_not_change(generator: torch.Generator) -> float:
    """Return by how much the same movements change the logits."""
    net = RotoReflectionNetwork().double()
    x = torch.randn(2, 2, 7, 6, generator=generator, dtype=torch.float64)
    return max(difference(net(move(x)), net(x)) for move in MOVES)


def symmetric_filters_make_it_an_ordinary_network(generator: torch.Generator) -> float:
    """Return the difference from an ordinary network, where filters are their own mirror images from all sides.

    Then all eight maps of a channel are equal, and a layer sums its filters over the elements of its input.
    """
    net = RotoReflectionNetwork().double()
    for layer in net.layers[::2]:
        both = layer.weight.detach() + layer.weight.detach().flip(-1)
        layer.weight.data = torch.stack([both.rot90(r, (-2, -1)) for r in range(4)]).mean(0)
    state = x = torch.randn(2, 2, 7, 6, generator=generator, dtype=torch.float64)
    for layer in net.layers[::2]:
        padded = F.pad(state, [1] * 4, mode="circular")
        state = F.relu(F.conv2d(padded, layer.weight.sum((2, 3)), layer.bias))
    return difference(net.trunk(x), state)

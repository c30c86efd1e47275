"""Exact checks of the TI-pooling network: images that are rotated, mirrored, or symmetric."""

import torch
from torch.nn import functional as F

from implementations.architectures.feedforward.ti_pooling_network import TIPoolingNetwork
from implementations.claims.agreement import difference
from implementations.concepts.equivariant_layer.square_orbit import SquareOrbit


def symmetries_change_nothing(generator: torch.Generator) -> float:
    """Return by how much the logits of the copies of an image differ."""
    net = TIPoolingNetwork(side=8).double()
    x = torch.randn(1, 2, 8, 8, generator=generator, dtype=torch.float64)
    logits = net(SquareOrbit()(x)[0])
    return difference(logits, logits[:1].expand_as(logits))


def a_symmetric_image_needs_no_copies(generator: torch.Generator) -> float:
    """Return the difference from one branch and the read-out, for images that are their own copies."""
    net = TIPoolingNetwork(side=8).double()
    x = SquareOrbit()(torch.randn(5, 2, 8, 8, generator=generator, dtype=torch.float64)).mean(1)
    return difference(net(x), net.read_out(net.branch(x)))


def it_is_the_largest_of_eight_networks(generator: torch.Generator) -> float:
    """Return the difference from eight networks, written as functions of the weights, and their largest features."""
    net = TIPoolingNetwork(side=8).double()
    x = torch.randn(3, 2, 8, 8, generator=generator, dtype=torch.float64)
    pooled = torch.full((3, 6), -torch.inf, dtype=torch.float64)
    for side in (x, x.mT):
        for turns in range(4):
            h = side.rot90(turns, (2, 3))
            for layer in net.layers[::3]:
                h = F.max_pool2d(F.relu(F.conv2d(h, layer.weight, layer.bias, padding=1)), 2)
            h = F.relu(F.linear(h.flatten(1), net.dense[1].weight, net.dense[1].bias))
            pooled = torch.maximum(pooled, h)
    return difference(net(x), F.linear(pooled, net.read_out.weight, net.read_out.bias))

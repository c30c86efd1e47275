"""Exact checks of the SkipInit network."""

import torch
from torch import Tensor, nn

from implementations.architectures.convolutional.pre_activation_resnet import PreActivationBlock
from implementations.architectures.convolutional.skipinit_network import SkipInitBlock, SkipInitNetwork
from implementations.claims.agreement import difference


def starts_as_a_shallow_network(generator: torch.Generator) -> float:
    """Return the difference between a new deep network and its stem, projections and classifier alone."""
    net = SkipInitNetwork(blocks=[5, 5]).double()
    x = net.example_inputs(generator)["x"].double()
    stem = net.stem(x)
    halved = net.stages[1][0].projection(stem.relu())  # the only block of a new network that is not the identity
    return difference(net(x), net.classifier(halved.relu().mean((2, 3))))


def is_a_pre_activation_block_without_normalisation(generator: torch.Generator) -> float:
    """Return the difference to a pre-activation block with identities for normalisations; scalar 1, no biases."""
    ours, theirs = (kind("bottleneck", 6, 3, 2).double().eval() for kind in (SkipInitBlock, PreActivationBlock))
    nn.init.ones_(ours.branch.scale)
    for layer in theirs.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.eps = 0.0
    filters = [[layer for layer in block.modules() if isinstance(layer, nn.Conv2d)] for block in (ours, theirs)]
    for our, other in zip(*filters, strict=True):
        nn.init.zeros_(our.bias)
        other.weight.data.copy_(our.weight.data)
    x: Tensor = torch.randn(2, 6, 8, 7, generator=generator, dtype=torch.float64)
    return difference(ours(x), theirs(x))

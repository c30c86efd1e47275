"""Exact checks of the locally connected network: tied weights, and weights of a perceptron."""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.architectures.convolutional.locally_connected_network import LocallyConnectedNetwork
from implementations.claims.agreement import difference
from implementations.concepts.convolution_layer.locally_connected_layer import LocallyConnectedLayer


def _tie(layer: LocallyConnectedLayer) -> tuple[Tensor, Tensor]:
    """Give all positions the weights of the first, and return these as filters and biases."""
    weight, bias = layer.weight.unflatten(0, (layer.positions, -1)), layer.bias
    weight.copy_(weight[:1].clone().expand_as(weight))
    bias.copy_(torch.arange(bias.shape[1]).expand_as(bias))
    size = layer.kernel_size
    return weight[0].unflatten(1, (size, size)).movedim(3, 1), bias[0]


@torch.no_grad()
def tied_weights_make_it_convolutional(generator: torch.Generator) -> float:
    """Return the difference between a network with the same weights at all positions and two strided convolutions."""
    net = LocallyConnectedNetwork().double()
    x = torch.randn(2, 3, 8, 12, generator=generator, dtype=torch.float64)
    first, second = _tie(net.hidden[0]), _tie(net.hidden[2])
    hidden = F.conv2d(x, *first, stride=2, padding=1).tanh()
    hidden = F.conv2d(hidden, *second, stride=2, padding=2).tanh()
    return difference(net(x), net.classifier(hidden.flatten(1)))


@torch.no_grad()
def it_is_a_perceptron_with_zeros(generator: torch.Generator) -> float:
    """Return the difference between a network and the perceptron whose matrices are read off from unit vectors."""
    net = LocallyConnectedNetwork().double()
    x = torch.randn(2, 3, 8, 12, generator=generator, dtype=torch.float64)
    hidden = x
    for layer in (net.hidden[0], net.hidden[2]):
        shape, size = hidden.shape[1:], hidden[0].numel()
        bias = layer(torch.zeros(1, *shape, dtype=torch.float64)).flatten()
        matrix = layer(torch.eye(size, dtype=torch.float64).view(size, *shape)).flatten(1) - bias
        grid = (-1, *layer.grid)
        hidden = (hidden.flatten(1) @ matrix + bias).tanh().unflatten(1, grid)
    return difference(net(x), net.classifier(hidden.flatten(1)))

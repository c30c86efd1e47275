"""Exact checks of AlexNet."""

import torch
from torch import nn

from implementations.architectures.convolutional.alexnet import AlexNet
from implementations.claims.agreement import difference


def towers_are_masked_weights(generator: torch.Generator) -> float:
    """Return the difference between two towers and one tower without weights between its halves."""
    two = AlexNet(towers=2).double().eval()
    one = AlexNet(towers=1).double().eval()
    for grouped, full in zip(two.modules(), one.modules(), strict=True):
        if isinstance(grouped, nn.Conv2d):
            _copy_blocks(grouped, full)
        elif isinstance(grouped, nn.Linear):
            full.load_state_dict(grouped.state_dict())
    x = two.example_inputs(generator)["x"].double()
    return difference(two(x), one(x))


def normalisation_has_the_papers_constants(generator: torch.Generator) -> float:
    """Return the difference of both normalisations from k = 2, n = 5, alpha = 0.0001, beta = 0.75, channel by channel.

    PyTorch's layer divides alpha by n, the paper does not.
    """
    layers = [layer for layer in AlexNet().modules() if isinstance(layer, nn.LocalResponseNorm)]
    a = 200 * torch.randn(2, 8, 3, 3, generator=generator, dtype=torch.float64)
    expected = torch.zeros_like(a)
    for i in range(8):
        squares = sum(a[:, j].square() for j in range(max(0, i - 2), min(7, i + 2) + 1))
        expected[:, i] = a[:, i] / (2 + 1e-4 * squares) ** 0.75
    return max(difference(layer(a), expected) for layer in layers) if len(layers) == 2 else float("inf")


def _copy_blocks(grouped: nn.Conv2d, full: nn.Conv2d) -> None:
    """Copy the filters of each group to their positions in the full convolution; all others become zero."""
    outputs, inputs = grouped.out_channels // grouped.groups, grouped.in_channels // grouped.groups
    with torch.no_grad():
        full.weight.zero_()
        full.bias.copy_(grouped.bias)
        for group in range(grouped.groups):
            rows = slice(group * outputs, (group + 1) * outputs)
            full.weight[rows, group * inputs : (group + 1) * inputs] = grouped.weight[rows]

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


def _copy_blocks(grouped: nn.Conv2d, full: nn.Conv2d) -> None:
    """Copy the filters of each group to where they stand in the full convolution; all others become zero."""
    outputs, inputs = grouped.out_channels // grouped.groups, grouped.in_channels // grouped.groups
    with torch.no_grad():
        full.weight.zero_()
        full.bias.copy_(grouped.bias)
        for group in range(grouped.groups):
            rows = slice(group * outputs, (group + 1) * outputs)
            full.weight[rows, group * inputs : (group + 1) * inputs] = grouped.weight[rows]

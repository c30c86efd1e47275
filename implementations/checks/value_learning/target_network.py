"""Exact checks of the target network."""

import torch
from torch import Tensor, nn

from implementations.claims.agreement import difference
from implementations.concepts.value_learning.target_network import TargetNetwork

STEPS, SHARE = 7, 0.2


def covers_the_way_geometrically(generator: torch.Generator) -> float:
    """Return the difference between the copy's weights after some steps, and their closed form."""
    network, target = _pair(generator)
    start = target.copy.weight.clone()
    for _ in range(STEPS):
        target.follow(network, SHARE)
    left = (1 - SHARE) ** STEPS
    return difference(target.copy.weight, left * start + (1 - left) * network.weight)


def a_copy_stays_as_it_was(generator: torch.Generator) -> float:
    """Return the difference between a copy, and the network before its weights were changed."""
    network, target = _pair(generator)
    target.follow(network)
    x = torch.randn(4, 3, generator=generator, dtype=torch.float64)
    before = network(x)
    _randomise(network, generator)
    return difference(target(x), before)


def _pair(generator: torch.Generator) -> tuple[nn.Linear, TargetNetwork]:
    """Return a network, and a copy of what it was before its weights were drawn again."""
    network = nn.Linear(3, 2).double()
    _randomise(network, generator)
    target = TargetNetwork(network=network)
    _randomise(network, generator)
    return network, target


def _randomise(network: nn.Module, generator: torch.Generator) -> None:
    with torch.no_grad():
        for parameter in network.parameters():
            drawn: Tensor = torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype)
            parameter.copy_(drawn)

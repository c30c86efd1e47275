"""Exact checks of the SIREN."""

import math

import torch

from implementations.architectures.feedforward.siren import SIREN
from implementations.claims.agreement import difference


def sum_of_waves(generator: torch.Generator) -> float:
    """Return the difference, with one hidden layer, from a sum of waves, unit by unit."""
    net = SIREN(depth=1).double()
    x = torch.randn(20, 2, generator=generator, dtype=torch.float64)
    y = net.read_out.bias.expand(20, 1).clone()
    for unit in range(8):
        phase = x @ net.layers[0].weight[unit] + net.layers[0].bias[unit]
        y[:, 0] += net.read_out.weight[0, unit] * torch.sin(30 * phase)
    return difference(net(x), y)


def derivative_is_a_network_of_sines(generator: torch.Generator) -> float:
    """Return the difference of the derivative from products of weights and the same sines, a quarter period later."""
    net = SIREN().double()
    x = torch.randn(20, 2, generator=generator, dtype=torch.float64)
    first, sine, second, _ = net.layers
    quarter = math.pi / (2 * sine.frequency)
    before, h = first(x), sine(first(x))
    slope = net.read_out.weight * sine.frequency * sine(second(h) + quarter)
    slope = slope @ second.weight * sine.frequency * sine(before + quarter)
    jacobians = torch.func.vmap(torch.func.jacrev(lambda x: net(x[None])[0]))(x)
    return difference(jacobians[:, 0], slope @ first.weight)


def two_waves_repeat(generator: torch.Generator) -> float:
    """Return the difference between values a common period of the first layer apart, with two units for two inputs.

    Such a shift exists for any regular matrix, and what follows sees the first layer only.
    """
    net = SIREN(hidden=2).double()
    x = torch.randn(20, 2, generator=generator, dtype=torch.float64)
    periods = 2 * math.pi / 30 * torch.tensor([3.0, -2.0], dtype=torch.float64)
    shift = torch.linalg.solve(net.layers[0].weight, periods)
    return difference(net(x + shift), net(x))

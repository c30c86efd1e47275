"""Exact checks of the layer-normalised network."""

import torch

from implementations.architectures.feedforward.layer_normalised_network import LayerNormalisedNetwork
from implementations.claims.agreement import difference


def randomised(generator: torch.Generator) -> tuple[LayerNormalisedNetwork, torch.Tensor]:
    """Return a network with arbitrary weights, scales and shifts, and inputs."""
    net = LayerNormalisedNetwork(hidden=(8, 7, 5)).double()
    for parameter in net.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    return net, torch.randn(20, 6, generator=generator, dtype=torch.float64)


def written_out(generator: torch.Generator) -> float:
    """Return the difference from means and deviations that are computed unit by unit."""
    net, h = randomised(generator)
    x = h
    for linear, norm, _ in net.layers:
        a = h @ linear.weight.T
        mean = sum(a.unbind(1)) / a.shape[1]
        deviation = (sum((unit - mean) ** 2 for unit in a.unbind(1)) / a.shape[1]).sqrt()
        units = [(unit - mean) / deviation for unit in a.unbind(1)]
        h = (norm.weight * torch.stack(units, 1) + norm.bias).clamp(min=0)
    return difference(net(x), h @ net.read_out.weight.T + net.read_out.bias)


def the_scale_of_an_example_makes_no_difference(generator: torch.Generator) -> float:
    """Return the difference of the outputs if every example is multiplied by a number of its own, from 1e-3 to 1e3."""
    net, x = randomised(generator)
    factors = 10 ** torch.linspace(-3, 3, len(x), dtype=torch.float64)[:, None]
    return difference(net(factors * x), net(x))


def a_common_shift_and_scale_of_the_weights_makes_no_difference(generator: torch.Generator) -> float:
    """Return the difference of the outputs if all rows of the matrices get the same addition, and a common factor."""
    net, x = randomised(generator)
    before = net(x)
    for linear, _, _ in net.layers:
        addition = torch.randn(1, linear.in_features, generator=generator, dtype=torch.float64)
        linear.weight.data = 7 * (linear.weight.data + addition)
    return difference(net(x), before)

"""Exact checks of the monotonic network."""

import torch

from implementations.architectures.feedforward.monotonic_network import MonotonicNetwork
from implementations.claims.agreement import difference


def randomised(generator: torch.Generator) -> MonotonicNetwork:
    """Return a network with arbitrary weights."""
    net = MonotonicNetwork().double()
    for parameter in net.parameters():
        parameter.data += torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    return net


def no_output_falls(generator: torch.Generator) -> float:
    """Return the largest fall of an output where features grow, for 2,000 pairs, relative to the largest change."""
    net = randomised(generator)
    x, steps = 3 * torch.randn(2, 2000, 4, generator=generator, dtype=torch.float64)
    changes = net(x + steps.abs() * (torch.rand(x.shape, generator=generator) < 0.3)) - net(x)
    return ((-changes).clamp(min=0).max() / changes.abs().max()).item()


def no_slope_is_negative(generator: torch.Generator) -> float:
    """Return the size of the most negative derivative, relative to the largest, at 500 inputs."""
    net = randomised(generator)
    x = torch.randn(500, 4, generator=generator, dtype=torch.float64)
    slopes = torch.func.vmap(torch.func.jacrev(lambda x: net(x[None])[0]))(x)
    return ((-slopes).clamp(min=0).max() / slopes.max()).item()


def it_represents_a_step_that_is_cut_off(generator: torch.Generator) -> float:
    """Return the difference from min(max(a x + b, -1), 1), which is neither convex nor concave, set by hand."""
    net = MonotonicNetwork(in_features=1, kind=1, out_features=1, depth=1).double()
    slope, shift = 3 * torch.rand(2, generator=generator, dtype=torch.float64)
    net.layers[0].linear.weight.data.fill_(-slope)  # the sign does not matter
    net.layers[0].linear.bias.data.fill_(shift)
    net.read_out.weight.data = torch.tensor([[0.0, 0.0, 1.0]], dtype=torch.float64)
    net.read_out.bias.data.zero_()
    x = torch.linspace(-5, 5, 101, dtype=torch.float64)[:, None]
    return difference(net(x), (slope * x + shift).clamp(-1, 1))


def the_outer_units_add_up_to_a_line(generator: torch.Generator) -> float:
    """Return the difference of the sum of a convex and a concave unit with equal weights from their argument."""
    net = MonotonicNetwork(in_features=4, kind=1, out_features=1, depth=1).double()
    layer = net.layers[0].linear
    layer.weight.data = layer.weight.data[:1].expand(3, -1).clone()
    layer.bias.data = layer.bias.data[:1].expand(3).clone()
    net.read_out.weight.data = torch.tensor([[1.0, 1.0, 0.0]], dtype=torch.float64)
    net.read_out.bias.data.zero_()
    x = torch.randn(50, 4, generator=generator, dtype=torch.float64)
    return difference(net(x), x @ layer.weight[:1].abs().T + layer.bias[:1])

"""Exact checks of the convex potential network."""

import torch

from implementations.architectures.feedforward.convex_potential_network import ConvexPotentialNetwork
from implementations.claims.agreement import difference


def randomised(generator: torch.Generator) -> ConvexPotentialNetwork:
    """Return a deep network with large arbitrary weights."""
    net = ConvexPotentialNetwork(features=5, units=7, depth=6).double()
    for parameter in net.parameters():
        parameter.data = 3 * torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    return net


def no_distance_grows(generator: torch.Generator) -> float:
    """Return by which share the distance of two outputs exceeds that of their inputs, for 2,000 near and far pairs."""
    net = randomised(generator)
    a, steps = torch.randn(2, 2000, 5, generator=generator, dtype=torch.float64)
    sizes = 10 ** torch.linspace(-3, 3, 2000, dtype=torch.float64)[:, None]
    b = a + sizes * steps
    return ((net(a) - net(b)).norm(dim=1) / (a - b).norm(dim=1) - 1).clamp(min=0).max().item()


def written_out(generator: torch.Generator) -> float:
    """Return the difference from the equations, with singular values from an eigenvalue problem."""
    net = randomised(generator)
    x = h = torch.randn(20, 5, generator=generator, dtype=torch.float64)
    for step in net.steps:
        weight, shift = step.linear.weight, step.linear.bias
        norm = torch.linalg.eigvalsh(weight.T @ weight).max().sqrt()
        h = h - 2 / norm * torch.relu(h @ weight.T / norm + shift) @ weight
    norm = torch.linalg.eigvalsh(net.read_out.weight.T @ net.read_out.weight).max().sqrt()
    return difference(net(x), h @ net.read_out.weight.T / norm + net.read_out.bias)

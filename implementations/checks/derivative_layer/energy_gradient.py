"""Exact checks of the energy gradient."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.derivative_layer.energy_gradient import EnergyGradient


def written_out(generator: torch.Generator) -> float:
    """Return the difference from the chain rule, layer by layer, for two hidden layers."""
    net = EnergyGradient().double()
    x = torch.randn(5, 4, generator=generator, dtype=torch.float64)
    first, second = net.layers
    h_1 = torch.tanh(first(x))
    h_2 = torch.tanh(second(h_1))
    slope = net.read_out.weight * (1 - h_2**2)
    slope = slope @ second.weight * (1 - h_1**2)
    return difference(net(x), slope @ first.weight)


def jacobian_is_symmetric(generator: torch.Generator) -> float:
    """Return the difference between the derivative of the outputs by the inputs and its transpose."""
    net = EnergyGradient().double()
    x = torch.randn(5, 4, generator=generator, dtype=torch.float64)
    jacobians = torch.func.vmap(torch.func.jacrev(lambda x: net(x[None])[0]))(x)
    return difference(jacobians, jacobians.mT)


def no_work_on_a_closed_path(generator: torch.Generator) -> float:
    """Return the integral along a triangle, relative to that along its first side, by the Gauss-Legendre rule."""
    net = EnergyGradient().double()
    corners = torch.randn(3, 4, generator=generator, dtype=torch.float64)
    sides = corners.roll(-1, 0) - corners
    # nodes and weights of twenty points on [0, 1], from the eigenvalues of the matrix of the recursion (Golub, Welsch)
    below = torch.arange(1, 20, dtype=torch.float64)
    below = below / (4 * below**2 - 1).sqrt()
    nodes, vectors = torch.linalg.eigh(below.diag(1) + below.diag(-1))
    points = corners[:, None] + (1 + nodes[None, :, None]) / 2 * sides[:, None]
    slopes = net(points.flatten(0, 1)).view_as(points)
    work = torch.einsum("k,skf,sf->s", vectors[0] ** 2, slopes, sides)
    rises = net.energy(corners.roll(-1, 0)) - net.energy(corners)
    return max(difference(work, rises), (work.sum().abs() / work.abs().max()).item())

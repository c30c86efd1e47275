"""Exact checks of the deep equilibrium model."""

import torch
from torch import Tensor, nn

from implementations.architectures.feedforward.deep_equilibrium_model import DeepEquilibriumModel
from implementations.claims.agreement import difference

DEPTH = 300


def drawn(generator: torch.Generator) -> tuple[DeepEquilibriumModel, Tensor]:
    """Return a network with large arbitrary weights, and inputs."""
    net = DeepEquilibriumModel().double()
    for parameter in net.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    return net, torch.randn(5, 4, generator=generator, dtype=torch.float64)


def layer_leaves_the_fixed_point(generator: torch.Generator) -> float:
    """Return by how much the layer changes the state that the network reads out."""
    net, x = drawn(generator)
    net.read_out = nn.Identity()
    z = net(x)
    return difference(torch.tanh(z @ net.matrix().T + net.input(x)), z)


def gradients_are_those_of_unrolling(generator: torch.Generator) -> float:
    """Return the largest difference of outputs and gradients from those of 300 layers that are stored."""
    net, x = drawn(generator)
    x.requires_grad_()
    z = torch.zeros(5, 6, dtype=torch.float64)
    for _ in range(DEPTH):
        z = torch.tanh(z @ net.matrix().T + net.input(x))
    return _worst(net, x, net.read_out(z), generator)


def linear_layer_is_solved_in_closed_form(generator: torch.Generator) -> float:
    """Return the largest difference of outputs and gradients from (I - W)^-1 (U x + b), where nothing is squashed."""
    net, x = drawn(generator)
    net.activation = nn.Identity()
    x.requires_grad_()
    z = torch.linalg.solve(torch.eye(6, dtype=torch.float64) - net.matrix(), net.input(x).T).T
    return _worst(net, x, net.read_out(z), generator)


def _worst(net: DeepEquilibriumModel, x: Tensor, expected: Tensor, generator: torch.Generator) -> float:
    sources = [x, *net.parameters()]
    found, sent = net(x), torch.randn(expected.shape, generator=generator, dtype=torch.float64)
    gradients = [torch.autograd.grad(value, sources, sent, retain_graph=True) for value in (found, expected)]
    return max(difference(found, expected), *(difference(a, b) for a, b in zip(*gradients, strict=True)))

"""Exact checks of the convex potential layer."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.constrained_layer.convex_potential_layer import ConvexPotentialLayer


def randomised(generator: torch.Generator) -> ConvexPotentialLayer:
    """Return a layer with arbitrary weights."""
    layer = ConvexPotentialLayer(features=5, units=8).double()
    for parameter in layer.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    return layer


def a_step_down_a_potential(generator: torch.Generator) -> float:
    """Return the difference from two steps along the derivative of the potential, taken by autograd."""
    layer = randomised(generator)
    x = torch.randn(20, 5, generator=generator, dtype=torch.float64, requires_grad=True)
    potential = torch.relu(x @ layer.weight().T + layer.linear.bias).square().sum() / 2
    (gradient,) = torch.autograd.grad(potential, x)
    return difference(layer(x), x - 2 * gradient)


def slopes_are_symmetric_and_bounded(generator: torch.Generator) -> float:
    """Return the difference of Jacobians from their transposes, and by how much an eigenvalue leaves [-1, 1]."""
    layer = randomised(generator)
    x = torch.randn(50, 5, generator=generator, dtype=torch.float64)
    jacobians = torch.func.vmap(torch.func.jacrev(lambda x: layer(x[None])[0]))(x)
    outside = (torch.linalg.eigvalsh(jacobians).abs().max() - 1).clamp(min=0).item()
    return max(difference(jacobians, jacobians.mT), outside)


def with_the_identity_it_reflects(generator: torch.Generator) -> float:
    """Return the difference from -|x| of a layer with the identity as its matrix and without constants."""
    layer = ConvexPotentialLayer(features=5, units=5).double()
    layer.linear.weight.data, layer.linear.bias.data = torch.eye(5).double(), torch.zeros(5).double()
    x = torch.randn(20, 5, generator=generator, dtype=torch.float64)
    return difference(layer(x), -x.abs())

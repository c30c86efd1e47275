"""Exact checks of the symplectic shear."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.coupling_layer.symplectic_shear import SymplecticShear


def randomised(generator: torch.Generator, *, moves: bool = False) -> SymplecticShear:
    """Return a layer that is not the identity, as it is at first."""
    layer = SymplecticShear(moves=moves).double()
    layer.amplitude.data = torch.randn(8, generator=generator, dtype=torch.float64)
    return layer


def inverse_undoes_it(generator: torch.Generator) -> float:
    """Return the difference between states and what is left of them after a layer and its inverse, of both kinds."""
    x = torch.randn(20, 4, generator=generator, dtype=torch.float64)
    layers = [randomised(generator, moves=moves) for moves in (False, True)]
    return max(difference(layer.inverse(layer(x)), x) for layer in layers)


def shift_is_a_gradient(generator: torch.Generator) -> float:
    """Return the difference of the shift from the derivative of the sum of logarithms of hyperbolic cosines."""
    layer = randomised(generator)
    q = torch.randn(20, 2, generator=generator, dtype=torch.float64).requires_grad_()
    potential = (layer.amplitude * layer.arguments(q).cosh().log()).sum()
    return difference(layer.shift(q), torch.autograd.grad(potential, q)[0])


def jacobian_is_symplectic(generator: torch.Generator) -> float:
    """Return the difference of J^T O J from O = [[0, I], [-I, 0]], of both kinds."""
    x = torch.randn(20, 4, generator=generator, dtype=torch.float64)
    form = torch.zeros(4, 4, dtype=torch.float64)
    form[:2, 2:], form[2:, :2] = torch.eye(2), -torch.eye(2)
    errors = []
    for moves in (False, True):
        layer = randomised(generator, moves=moves)
        jacobians = torch.func.vmap(torch.func.jacrev(lambda x, layer=layer: layer(x[None])[0]))(x)
        errors.append(difference(jacobians.mT @ form @ jacobians, form.expand(20, 4, 4)))
    return max(errors)

"""Exact checks of the reversible block."""

import torch
from torch import nn

from implementations.claims.agreement import difference
from implementations.concepts.component.additive_coupling import AdditiveCoupling
from implementations.concepts.coupling_layer.reversible_block import ReversibleBlock


def drawn(generator: torch.Generator) -> tuple[ReversibleBlock, torch.Tensor]:
    """Return a block of two perceptrons, and inputs of six channels."""
    perceptrons = [nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 3)) for _ in range(2)]
    block = ReversibleBlock(f=perceptrons[0], g=perceptrons[1]).double()
    for parameter in block.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    return block, torch.randn(4, 6, generator=generator, dtype=torch.float64)


def inverse_undoes_it(generator: torch.Generator) -> float:
    """Return the difference between numbers and their map there and back, and back and there."""
    block, x = drawn(generator)
    return max(difference(block.inverse(block(x)), x), difference(block(block.inverse(x)), x))


def two_additive_couplings(generator: torch.Generator) -> float:
    """Return the difference from two couplings, whose even and odd places are the two halves."""
    block, x = drawn(generator)
    couplings = [AdditiveCoupling(features=6, hidden=5, keeps_odd=odd).double() for odd in (True, False)]
    for coupling, function in zip(couplings, (block.f, block.g), strict=True):
        coupling.m.load_state_dict(function.state_dict())
    interleaved = x.unflatten(1, (2, 3)).mT.flatten(1)  # the first half at even places, the second at odd ones
    for coupling in couplings:
        interleaved = coupling(interleaved)
    return difference(block(x), interleaved.unflatten(1, (3, 2)).mT.flatten(1))


def volumes_are_kept(generator: torch.Generator) -> float:
    """Return how far the determinants of all derivatives are from 1."""
    block, x = drawn(generator)
    jacobians = torch.func.vmap(torch.func.jacrev(lambda x: block(x[None])[0]))(x)
    determinants = torch.linalg.det(jacobians)
    return difference(determinants, torch.ones_like(determinants))

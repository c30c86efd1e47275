"""Exact checks of the permutation-equivariant layer."""

from itertools import permutations

import torch

from implementations.claims.agreement import difference
from implementations.concepts.equivariant_layer.permutation_equivariant_layer import PermutationEquivariantLayer


def averaging_gives_this_form(generator: torch.Generator) -> float:
    """Return the difference between a layer and an arbitrary matrix that was averaged over all permutations.

    The average commutes with all permutations, and is the nearest matrix that does: Lemma 3 says what it looks like.
    """
    theta = torch.randn(4, 4, generator=generator, dtype=torch.float64)
    average = torch.stack([theta[list(order)][:, list(order)] for order in permutations(range(4))]).mean(0)
    off_diagonal = (theta.sum() - theta.trace()) / 12
    layer = PermutationEquivariantLayer(in_features=1, out_features=1, pool="sum").double()
    with torch.no_grad():
        layer.own.weight.fill_(theta.trace() / 4 - off_diagonal)
        layer.common.weight.fill_(off_diagonal)
        layer.own.bias.zero_()
    return difference(layer(torch.eye(4, dtype=torch.float64)[..., None])[..., 0], average)


def mean_is_a_dense_layer_with_tied_weights(generator: torch.Generator) -> float:
    """Return the difference from one matrix for the whole set: `Gamma / T` everywhere, and `Lambda` on the diagonal."""
    layer = PermutationEquivariantLayer().double()
    x = torch.randn(2, 5, 4, generator=generator, dtype=torch.float64)
    everywhere = torch.ones(5, 5, dtype=torch.float64) / 5
    weight = torch.kron(torch.eye(5, dtype=torch.float64), layer.own.weight) + torch.kron(
        everywhere, layer.common.weight
    )
    return difference(layer(x).flatten(1), x.flatten(1) @ weight.T + layer.own.bias.repeat(5))

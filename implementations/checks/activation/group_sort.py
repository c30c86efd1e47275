"""Exact checks of GroupSort."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.activation.group_sort import GroupSort


def pairs_are_minimum_and_maximum(generator: torch.Generator) -> float:
    """Return the difference, for groups of two, from the smaller and the larger number of each."""
    x = torch.randn(50, 6, generator=generator, dtype=torch.float64)
    first, second = x[:, ::2], x[:, 1::2]
    expected = torch.stack([torch.minimum(first, second), torch.maximum(first, second)], 2).flatten(1)
    return difference(GroupSort()(x), expected)


def a_rectifier_is_a_sorted_pair_with_zero(generator: torch.Generator) -> float:
    """Return the difference of the larger number of a pair with zero from a rectified linear unit."""
    x = torch.randn(50, 1, generator=generator, dtype=torch.float64)
    pairs = torch.cat([x, torch.zeros_like(x)], 1)
    return difference(GroupSort()(pairs)[:, 1:], torch.relu(x))


def jacobian_is_a_permutation(generator: torch.Generator) -> float:
    """Return the difference of J J^T from the identity, for groups of three."""
    x = torch.randn(20, 9, generator=generator, dtype=torch.float64)
    sort = GroupSort(size=3)
    jacobians = torch.func.vmap(torch.func.jacrev(lambda x: sort(x[None])[0]))(x)
    return difference(jacobians @ jacobians.mT, torch.eye(9, dtype=torch.float64).expand(20, 9, 9))

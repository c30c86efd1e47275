"""Exact checks of sparse initialisation."""

import torch
from torch import nn

from implementations.claims.agreement import difference
from implementations.concepts.initialisation.sparse_initialisation import sparse_


def every_unit_has_its_connections(generator: torch.Generator) -> float:
    """Return the largest error, over rows, of the number of weights that are not zero."""
    weight = sparse_(torch.empty(20, 50, dtype=torch.float64), connections=15, generator=generator)
    counts = (weight != 0).double().sum(1)
    return difference(counts, torch.full_like(counts, 15))


def counts_as_torch_on_the_transposed_matrix(generator: torch.Generator) -> float:
    """Return how many more weights a unit has than `torch.nn.init.sparse_` leaves in each column."""
    ours = sparse_(torch.empty(8, 50, dtype=torch.float64), connections=10, generator=generator)
    theirs = nn.init.sparse_(torch.empty(50, 8, dtype=torch.float64), sparsity=0.8, std=1.0, generator=generator)
    return difference((ours != 0).double().sum(1), (theirs != 0).double().sum(0))

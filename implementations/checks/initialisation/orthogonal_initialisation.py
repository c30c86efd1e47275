"""Exact checks of orthogonal initialisation."""

import torch
from torch import nn

from implementations.claims.agreement import difference
from implementations.concepts.initialisation.orthogonal_initialisation import orthogonal_initialisation


def agrees_with_torch(generator: torch.Generator) -> float:
    """Return the difference to `torch.nn.init.orthogonal_`, of a tall, a square and a wide matrix."""
    errors = []
    for shape in ((7, 4), (5, 5), (3, 6)):
        state = generator.get_state()
        ours = orthogonal_initialisation(torch.empty(shape, dtype=torch.float64), generator=generator)
        generator.set_state(state)
        theirs = nn.init.orthogonal_(torch.empty(shape, dtype=torch.float64), generator=generator)
        errors.append(difference(ours, theirs))
    return max(errors)


def lengths_are_kept(generator: torch.Generator) -> float:
    """Return the change of length of a vector that passes a hundred square matrices."""
    x = torch.randn(6, generator=generator, dtype=torch.float64)
    y = x
    for _ in range(100):
        y = orthogonal_initialisation(torch.empty(6, 6, dtype=torch.float64), generator=generator) @ y
    return difference(y.norm(), x.norm())

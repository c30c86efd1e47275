"""Exact checks of Glorot initialisation."""

import torch
from torch import nn

from implementations.claims.agreement import difference
from implementations.concepts.initialisation.glorot_initialisation import glorot_initialisation


def agrees_with_torch(generator: torch.Generator) -> float:
    """Return the difference to `torch.nn.init.xavier_uniform_`, of a matrix and of a filter bank."""
    errors = []
    for shape in ((5, 7), (4, 3, 3, 3)):
        state = generator.get_state()
        ours = glorot_initialisation(torch.empty(shape, dtype=torch.float64), generator=generator)
        generator.set_state(state)
        errors.append(difference(ours, nn.init.xavier_uniform_(torch.empty_like(ours), generator=generator)))
    return max(errors)

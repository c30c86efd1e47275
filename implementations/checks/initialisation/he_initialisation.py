"""Exact checks of He initialisation."""

import torch
from torch import nn

from implementations.claims.agreement import difference
from implementations.concepts.initialisation.he_initialisation import he_initialisation


def agrees_with_torch(generator: torch.Generator) -> float:
    """Return the difference to `torch.nn.init.kaiming_normal_`, of a matrix and of a filter bank."""
    errors = []
    for shape in ((5, 7), (4, 3, 3, 3)):
        state = generator.get_state()
        ours = he_initialisation(torch.empty(shape, dtype=torch.float64), generator=generator)
        generator.set_state(state)
        theirs = nn.init.kaiming_normal_(torch.empty_like(ours), nonlinearity="relu", generator=generator)
        errors.append(difference(ours, theirs))
    return max(errors)

"""Exact checks of the noisy-or."""

from itertools import product

import torch

from implementations.claims.agreement import difference
from implementations.concepts.aggregation.noisy_or import NoisyOr


def all_outcomes(generator: torch.Generator) -> float:
    """Return the difference from the sum of the probabilities of all outcomes with at least one success."""
    z = torch.randn(2, 3, 4, generator=generator).double()
    p = 1 / (1 + torch.exp(-z))
    total = torch.zeros(2, 3).double()
    for outcome in product((False, True), repeat=4):
        if any(outcome):
            probability = torch.ones(2, 3).double()
            for position, present in enumerate(outcome):
                probability = probability * (p[..., position] if present else 1 - p[..., position])
            total = total + probability
    return difference(NoisyOr()(z), total)


def one_place_is_its_own(generator: torch.Generator) -> float:
    """Return the difference between the probability over one place and the sigmoid of its logit."""
    z = torch.randn(3, 4, 1, generator=generator).double()
    return difference(NoisyOr()(z), torch.sigmoid(z[..., 0]))

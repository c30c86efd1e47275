"""Exact checks of the estimated gradient."""

from itertools import combinations

import torch

from implementations.claims.agreement import difference
from implementations.concepts.optimiser.stochastic_gradient_descent import estimated_gradient

EXAMPLES, SIZE = 7, 3


def mean_over_all_minibatches_is_the_gradient(generator: torch.Generator) -> float:
    """Return the difference between the sum of all gradients and the mean estimate over every minibatch there is."""
    gradients = torch.randn(EXAMPLES, 4, generator=generator, dtype=torch.float64)
    batches = combinations(range(EXAMPLES), SIZE)
    estimates = [estimated_gradient(gradients[list(batch)], examples=EXAMPLES) for batch in batches]
    return difference(torch.stack(estimates).mean(0), gradients.sum(0))


def variance_over_all_minibatches(generator: torch.Generator) -> float:
    """Return the difference between the variance over every minibatch and N^2 s^2 / m (1 - m / N), by enumeration.

    Minibatches without repetition: the last factor makes the variance vanish when the batch is everything.
    """
    gradients = torch.randn(EXAMPLES, 4, generator=generator, dtype=torch.float64)
    batches = combinations(range(EXAMPLES), SIZE)
    estimates = torch.stack([estimated_gradient(gradients[list(batch)], examples=EXAMPLES) for batch in batches])
    expected = EXAMPLES**2 * gradients.var(0) / SIZE * (1 - SIZE / EXAMPLES)
    return difference(estimates.var(0, correction=0), expected)

"""Exact checks of the minibatch standard deviation."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.aggregation.minibatch_standard_deviation import EPSILON, MinibatchStandardDeviation


def mean_of_deviations(generator: torch.Generator) -> float:
    """Return the difference of the appended map from the mean of torch's deviations, and of the rest from the input."""
    x = 3 + torch.randn(4, 2, 5, 6, generator=generator, dtype=torch.float64)
    found = MinibatchStandardDeviation()(x)
    deviations = (x.var(0, correction=0) + EPSILON).sqrt()
    expected = torch.full((4, 1, 5, 6), float(deviations.mean()), dtype=torch.float64)
    return max(difference(found[:, -1:], expected), difference(found[:, :-1], x))


def equal_images_have_none(generator: torch.Generator) -> float:
    """Return the difference of the appended map from the root of epsilon, for three equal images and for one."""
    x = torch.randn(1, 2, 5, 6, generator=generator, dtype=torch.float64)
    errors = []
    for batch in (1, 4):
        found = MinibatchStandardDeviation()(x.expand(batch, -1, -1, -1))[:, -1]
        errors.append(difference(found, torch.full_like(found, EPSILON**0.5)))
    return max(errors)


def shifts_cancel_and_factors_remain(generator: torch.Generator) -> float:
    """Return the difference of the appended map of images times a hundred, plus one image, from a hundred times it.

    The factor is large so that epsilon, which is added to variances, is lost in what a float can show.
    """
    x = 1e6 * torch.randn(4, 2, 5, 6, generator=generator, dtype=torch.float64)
    image = 1e6 * torch.randn(2, 5, 6, generator=generator, dtype=torch.float64)
    layer = MinibatchStandardDeviation()
    return difference(layer(100 * x + image)[:, -1], 100 * layer(x)[:, -1])

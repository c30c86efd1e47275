"""Exact checks of dropout."""

from itertools import product

import torch

from implementations.claims.agreement import difference
from implementations.concepts.regulariser.dropout import Dropout


def identity_at_inference(generator: torch.Generator) -> float:
    """Return the change that a layer in eval mode makes."""
    x = torch.randn(4, 6, generator=generator, dtype=torch.float64)
    return difference(Dropout(share=0.3).eval()(x), x)


def zero_or_scaled(generator: torch.Generator) -> float:
    """Return how far outputs in training are from the nearer of zero and x / (1 - p); 1 if none or all are dropped."""
    x = torch.rand(40, 25, generator=generator, dtype=torch.float64) + 0.5
    share = 0.3
    ratio = Dropout(share=share).train()(x) / x
    mask = ratio > 0.5 / (1 - share)
    if not 0.2 < 1 - mask.double().mean() < 0.4:
        return 1.0
    return difference(ratio, mask.double() / (1 - share))


def expectation_over_masks(generator: torch.Generator) -> float:
    """Return the difference between the input and the mean over all 2^4 masks with their probabilities."""
    x = torch.randn(4, generator=generator, dtype=torch.float64)
    share = 0.3
    layer, mean = Dropout(share=share), torch.zeros_like(x)
    for mask in product((False, True), repeat=4):
        probability = (1 - share) ** sum(mask) * share ** (4 - sum(mask))
        mean += probability * layer.masked(x, torch.tensor(mask))
    return difference(mean, x)

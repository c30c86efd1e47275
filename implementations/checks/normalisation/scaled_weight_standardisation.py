"""Exact checks of scaled weight standardisation."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.normalisation.scaled_weight_standardisation import ScaledStandardisedConvolution


def moments(generator: torch.Generator) -> float:
    """Return how far mean and variance of the filters are from 0 and from 1/N, with almost no constant added."""
    layer = ScaledStandardisedConvolution(in_channels=5, out_channels=4, epsilon=1e-30).double()
    with torch.no_grad():
        layer.weight.copy_(3 + 2 * torch.randn(layer.weight.shape, generator=generator, dtype=torch.float64))
    filters = layer.standardised().flatten(1)
    variances = filters.shape[1] * filters.var(1, correction=0)
    return max(filters.mean(1).abs().max().item(), difference(variances, torch.ones_like(variances)))

"""Exact checks of negative sampling."""

import math

import torch

from implementations.claims.agreement import difference
from implementations.concepts.loss.negative_sampling_loss import NegativeSamplingLoss


def number_by_number(generator: torch.Generator) -> float:
    """Return the difference from logarithms of sigmoids, one score after the other."""
    right, drawn = (torch.randn(size, generator=generator, dtype=torch.float64) for size in ((4,), (4, 3)))
    expected = []
    for s, others in zip(right.tolist(), drawn.tolist(), strict=True):
        shares = [1 / (1 + math.exp(-s)), *(1 / (1 + math.exp(other)) for other in others)]
        expected.append(-sum(math.log(share) for share in shares))
    return difference(NegativeSamplingLoss()(right, drawn), torch.tensor(expected, dtype=torch.float64))


def optimum_is_the_shifted_log_ratio(generator: torch.Generator) -> float:
    """Return how far from zero the gradient of the expected loss is, where each score is log(p / q) - log k.

    Right candidates are drawn from p, the k others from q; the gradient is compared with that at scores of zero.
    """
    p, q = torch.softmax(torch.randn(2, 6, generator=generator, dtype=torch.float64), 1)
    slopes = []
    for scores in ((p / q).log() - math.log(5), torch.zeros_like(p)):
        at = scores.clone().requires_grad_()
        alone = NegativeSamplingLoss()(at, at.new_zeros(6, 0))  # of the right candidate
        five = NegativeSamplingLoss()(at.new_full((6,), math.inf), at[:, None].expand(-1, 5))
        (slope,) = torch.autograd.grad((p * alone + q * five).sum(), at)
        slopes.append(slope.norm())
    return (slopes[0] / slopes[1]).item()

"""Exact checks of the score of a mixture."""

import math

import torch
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from implementations.claims.agreement import difference
from implementations.concepts.task.mixture_score import CORNERS, RADIUS, MixtureScore, corners, score


def score_is_that_of_torch(generator: torch.Generator) -> float:
    """Return the difference from the derivative of the logarithm of torch's mixture of normal distributions."""
    y = 2 * torch.randn(50, 2, generator=generator, dtype=torch.float64).requires_grad_()
    means, deviation = corners().double(), torch.full((CORNERS, 2), math.sqrt(0.3), dtype=torch.float64)
    parts = Independent(Normal(means, deviation), 1)
    mixture = MixtureSameFamily(Categorical(torch.ones(CORNERS, dtype=torch.float64)), parts)
    return difference(score(y, 0.3), torch.autograd.grad(mixture.log_prob(y).sum(), y)[0])


def corners_have_no_mean_and_no_correlation(generator: torch.Generator) -> float:
    """Return how far the corners' covariance is from what the baseline assumes, and their mean from zero."""
    covariance = corners().double().T @ corners().double() / CORNERS
    expected = RADIUS**2 / 2 * torch.eye(2, dtype=torch.float64)
    off = max((covariance - expected).abs().max(), corners().double().mean(0).abs().max()).item()
    return max(0.0, off - 1e-6)  # the corners are of single precision


def target_is_the_score_at_the_noise(generator: torch.Generator) -> float:
    """Return the difference of the target from the score with the variances of points and noise added up."""
    inputs, target = MixtureScore(generator=generator, noise=0.3).test()
    return difference(target, score(inputs["x"], 0.2**2 + 0.3**2))

"""Exact checks of the Huber loss."""

import torch
from torch.nn import functional as F

from implementations.claims.agreement import difference
from implementations.concepts.loss.huber_loss import HuberLoss

THRESHOLD = 1.5


def derivative_is_the_clipped_error(generator: torch.Generator) -> float:
    """Return the difference between derivatives and clipped errors."""
    error = (4 * torch.randn(50, generator=generator, dtype=torch.float64)).requires_grad_()
    (derivative,) = torch.autograd.grad(HuberLoss(threshold=THRESHOLD)(error).sum(), error)
    return difference(derivative, error.detach().clamp(-THRESHOLD, THRESHOLD))


def agrees_with_torch(generator: torch.Generator) -> float:
    """Return the difference to the library's loss."""
    error = 4 * torch.randn(50, generator=generator, dtype=torch.float64)
    theirs = F.huber_loss(error, torch.zeros_like(error), reduction="none", delta=THRESHOLD)
    return difference(HuberLoss(threshold=THRESHOLD)(error), theirs)

"""Exact checks of the focal loss."""

import math

import torch
from torch.nn import functional as F

from implementations.claims.agreement import difference
from implementations.concepts.loss.focal_loss import FocalLoss


def without_focus_it_is_the_cross_entropy(generator: torch.Generator) -> float:
    """Return the difference, with an exponent of 0 and equal shares, to half of the cross-entropy."""
    logits = 3 * torch.randn(50, generator=generator, dtype=torch.float64)
    target = torch.randint(0, 2, (50,), generator=generator)
    expected = F.binary_cross_entropy_with_logits(logits, target.double(), reduction="none") / 2
    return difference(FocalLoss(focus=0.0, share=0.5)(logits, target), expected)


def a_confidence_of_nine_tenths_counts_a_hundredth(generator: torch.Generator) -> float:
    """Return the difference, at confidences of 0.9, between losses and a hundredth of those without focus."""
    logits = math.log(9) * torch.tensor([1.0, -1.0], dtype=torch.float64)
    target = torch.tensor([1, 0])
    share = float(torch.rand((), generator=generator))
    focused, plain = (FocalLoss(focus=focus, share=share)(logits, target) for focus in (2.0, 0.0))
    return difference(focused, plain / 100)


def exchanged_targets_exchange_shares(generator: torch.Generator) -> float:
    """Return the difference between losses and those of opposite logits, targets and shares."""
    logits = 3 * torch.randn(50, generator=generator, dtype=torch.float64)
    target = torch.randint(0, 2, (50,), generator=generator)
    loss = FocalLoss(focus=1.5, share=0.2)(logits, target)
    return difference(FocalLoss(focus=1.5, share=0.8)(-logits, 1 - target), loss)

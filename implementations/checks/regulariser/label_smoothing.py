"""Exact checks of label smoothing."""

import torch
from torch.nn import functional as F

from implementations.claims.agreement import difference
from implementations.concepts.regulariser.label_smoothing import label_smoothed_cross_entropy


def agrees_with_torch(generator: torch.Generator) -> float:
    """Return the difference to `torch.nn.functional.cross_entropy` with label smoothing, of values and gradients."""
    logits = torch.randn(6, 5, generator=generator, dtype=torch.float64, requires_grad=True)
    target = torch.randint(0, 5, (6,), generator=generator)
    ours = label_smoothed_cross_entropy(logits, target, smoothing=0.2)
    theirs = F.cross_entropy(logits, target, label_smoothing=0.2)
    gradients = [torch.autograd.grad(loss, logits)[0] for loss in (ours, theirs)]
    return max(difference(ours, theirs), difference(*gradients))


def is_least_at_the_smoothed_label(generator: torch.Generator) -> float:
    """Return how far the gradient is from zero where the model gives exactly the smoothed probabilities."""
    target = torch.randint(0, 5, (6,), generator=generator)
    smoothed = 0.9 * F.one_hot(target, 5).double() + 0.1 / 5
    logits = smoothed.log().requires_grad_()
    (gradient,) = torch.autograd.grad(label_smoothed_cross_entropy(logits, target, smoothing=0.1), logits)
    return gradient.abs().max().item()

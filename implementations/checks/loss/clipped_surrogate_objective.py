"""Exact checks of the clipped surrogate objective."""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.loss.clipped_surrogate_objective import ClippedSurrogateObjective

CLIP = 0.3


def gradient_is_the_advantage_or_zero(generator: torch.Generator) -> float:
    """Return the difference between gradients by the ratio, and zeros or advantages."""
    ratio, advantage = _cases(generator)
    clipped = ((advantage > 0) & (ratio > 1 + CLIP)) | ((advantage < 0) & (ratio < 1 - CLIP))
    ratio.requires_grad_()
    total = ClippedSurrogateObjective(clip=CLIP)(ratio, advantage).sum()
    return difference(torch.autograd.grad(total, ratio)[0], torch.where(clipped, 0.0, advantage))


def unclipped_less_the_excess(generator: torch.Generator) -> float:
    """Return the difference to the unclipped objective less what the ratio exceeds its bound by."""
    ratio, advantage = _cases(generator)
    excess = torch.where(advantage > 0, ratio - (1 + CLIP), 1 - CLIP - ratio).relu()
    return difference(
        ClippedSurrogateObjective(clip=CLIP)(ratio, advantage), ratio * advantage - excess * advantage.abs()
    )


def policy_gradient_at_ratio_one(generator: torch.Generator) -> float:
    """Return the difference between gradients by logits, and advantages times those of the log-probabilities."""
    logits = torch.randn(8, 3, generator=generator, dtype=torch.float64, requires_grad=True)
    actions = torch.randint(0, 3, (8, 1), generator=generator)
    advantage = torch.randn(8, generator=generator, dtype=torch.float64)
    log = logits.log_softmax(1).gather(1, actions)[:, 0]
    total = ClippedSurrogateObjective(clip=CLIP)((log - log.detach()).exp(), advantage).sum()
    with torch.no_grad():  # the gradient of a log-probability: 1 for the action, less all probabilities
        expected = advantage[:, None] * (torch.zeros_like(logits).scatter(1, actions, 1.0) - logits.softmax(1))
    return difference(torch.autograd.grad(total, logits)[0], expected)


def _cases(generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return ratios below, within and above the bounds, each with advantages of both signs."""
    places = torch.tensor([0.0, 1.0, 2.0], dtype=torch.float64).repeat(8)
    ratio = 0.1 + places * 0.65 + 0.4 * torch.rand(24, generator=generator, dtype=torch.float64)
    signs = torch.tensor([1.0, -1.0], dtype=torch.float64).repeat_interleave(12)
    return ratio, signs * (0.1 + torch.rand(24, generator=generator, dtype=torch.float64))

"""Experiment: does Adam compensate for unequal curvatures of a loss, and does it matter along which directions?

Source: the lecture, S10; Kingma & Ba 2015 (kingma2014adam).

Method: the loss is a quadratic in two dimensions that is kappa = 10 000 times more curved in one direction than in the
other: along the axes, or turned by 45 degrees. Gradient descent and Adam have 5000 steps from the same random start,
and each is given the best of several rates in each case. Where it ends is the lowest loss of all steps that are
recorded, since Adam's jumps up come at steps that depend on how a processor rounds. Differences are in powers of ten.

Measures:
    gain_aligned, gain_turned: Adam less gradient descent, along the axes and turned.
    turning: Adam turned less Adam along the axes.
    turning_descent: gradient descent turned less that along the axes, with the start turned too.
    gain_mild: Adam less gradient descent, along the axes, where one direction has twice the curvature of the other,
    after 20 steps: gradient descent has not yet reached the smallest loss that is recorded.
    rises: one if the loss of turned Adam is a hundred times as high at a recorded step as at the one before, else zero.
    step: 0, 50, .., 5000; descent, aligned, turned: log10 of the lowest loss so far; Adam along the axes and turned.
"""

import math
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise

import torch
from torch import Tensor, nn

from implementations.concepts.optimiser.adam import Adam
from implementations.concepts.optimiser.gradient_descent import GradientDescent
from implementations.update_rule import UpdateRule

KAPPA, MILD, LEAST = 1e4, 2.0, -30.0
LONG, SHORT = range(0, 5001, 50), range(21)
ADAM_RATES = (1e-3, 1e-2, 3e-2, 1e-1, 3e-1)

Rule = Callable[[list[nn.Parameter]], UpdateRule]


def run(seed: int) -> dict[str, float | list[float]]:
    """Minimise the same quadratic along the axes and turned, by both methods.

    Args:
        seed: Seed of the start.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    start = torch.randn(2, generator=generator, dtype=torch.float64)
    half = math.sqrt(0.5)
    turn = torch.tensor([[half, -half], [half, half]], dtype=torch.float64)
    flat, mild = (torch.diag(torch.tensor([1.0, kappa], dtype=torch.float64)) for kappa in (KAPPA, MILD))
    turned = torch.tensor([[1 + KAPPA, 1 - KAPPA], [1 - KAPPA, 1 + KAPPA]], dtype=torch.float64) / 2  # without rounding
    adam = [_adam(rate) for rate in ADAM_RATES]
    descent, aligned = best(flat, start, _descents(KAPPA)), best(flat, start, adam)
    diagonal, descent_turned = best(turned, start, adam), best(turned, start, _descents(KAPPA))
    start_turned = best(turned, turn @ start, _descents(KAPPA))
    return {
        "gain_aligned": min(aligned) - min(descent),
        "gain_turned": min(diagonal) - min(descent_turned),
        "turning": min(diagonal) - min(aligned),
        "turning_descent": min(start_turned) - min(descent),
        "gain_mild": min(best(mild, start, adam, SHORT)) - min(best(mild, start, _descents(MILD), SHORT)),
        "rises": float(any(later - earlier >= 2 for earlier, later in pairwise(diagonal))),
        "step": [float(step) for step in LONG],
        "descent": lowest(descent),
        "aligned": lowest(aligned),
        "turned": lowest(diagonal),
    }


def _adam(rate: float) -> Rule:
    return lambda theta: Adam(theta, lr=rate)


def _descents(kappa: float) -> list[Rule]:
    """Return gradient descent with the rate that is best in the long run, and with half of it."""
    return [lambda theta, share=share: GradientDescent(theta, lr=share * 2 / (1 + kappa)) for share in (1.0, 0.5)]


def best(curvature: Tensor, start: Tensor, rules: Sequence[Rule], steps: range = LONG) -> list[float]:
    """Return log10 of the loss of the rule that gets lowest, at some steps, not below that of `LEAST`."""
    return min((path(curvature, start, rule, steps) for rule in rules), key=min)


def lowest(losses: list[float]) -> list[float]:
    """Return the lowest loss up to each step."""
    return list(accumulate(losses, min))


def path(curvature: Tensor, start: Tensor, rule: Rule, steps: range) -> list[float]:
    """Return log10 of the loss at some steps."""
    theta = nn.Parameter(start.clone())
    optimiser, found = rule([theta]), []
    for step in range(steps[-1] + 1):
        theta.grad = (curvature * theta.detach()).sum(1)  # processors round products of matrices differently
        if step in steps:
            loss = (theta.detach() * theta.grad).sum().item() / 2
            found.append(max(LEAST, math.log10(loss)) if loss > 0 else LEAST)
        optimiser.step()
    return found

"""Exact checks of the refine gate: its neutral value, its bounds, its symmetry, and its slope near one."""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.gating_mechanism.refine_gate import RefineGate


def _gates(generator: torch.Generator) -> Tensor:
    return torch.rand(2, 500, generator=generator, dtype=torch.float64)


def half_changes_nothing(generator: torch.Generator) -> float:
    """Return the difference of a gate that is refined by one half from the gate itself."""
    f, _ = _gates(generator)
    return difference(RefineGate()(f, torch.full_like(f, 0.5)), f)


def stays_between_its_bounds(generator: torch.Generator) -> float:
    """Return how far effective gates leave [f^2, 1 - (1 - f)^2], and how far they are from its ends for r = 0 and 1."""
    f, r = _gates(generator)
    low, high = f**2, 1 - (1 - f) ** 2
    g = RefineGate()(f, r)
    outside = torch.maximum(low - g, g - high).max().item()
    ends = [difference(RefineGate()(f, torch.full_like(f, r)), end) for r, end in ((0, low), (1, high))]
    return max(outside, *ends)


def complements_are_refined_alike(generator: torch.Generator) -> float:
    """Return the difference between the complement of an effective gate and the effective gate of complements."""
    f, r = _gates(generator)
    return difference(1 - RefineGate()(f, r), RefineGate()(1 - f, 1 - r))


def slope_near_one_is_steeper(generator: torch.Generator) -> float:
    """Return the error of 2 / (1 + sqrt(1 - g)), the ratio of its slope to that of a plain gate of the same value g.

    The slopes are with respect to the arguments of the sigmoids, with r = 1.
    """
    f, _ = _gates(generator)
    logits = torch.logit(0.01 + 0.98 * f).requires_grad_()  # leave out gates for which 1 - g is lost to rounding
    g = RefineGate()(torch.sigmoid(logits), torch.ones_like(f))
    (slope,) = torch.autograd.grad(g.sum(), logits)
    g = g.detach()
    return difference(slope / (g * (1 - g)), 2 / (1 + (1 - g).sqrt()))

"""Experiment: which flow does gradient descent with finite steps follow, and which stochastic descent on average?

Source: the lecture, S13; Barrett & Dherin 2021 (barrett2020implicit), Smith et al. 2021 (smith2021origin).

Method: descent on E = (a b - 0.6)^2 / 2 is compared, after the same time and for steps h that are halved, with the
flows of E and of E + h / 4 |grad E|^2, computed by a Runge-Kutta method with 50 small steps. Then four random quadratic
losses of two weights are the minibatches of an epoch: the mean end point over all 24 orders is compared with the flows
of their mean C and of C + h / (4 m) sum of |grad C_k|^2, over the time of the epoch. Errors fall like a power of the
step, whose exponent is read off between neighbouring steps.

Measures:
    order_plain, order_modified: exponents for gradient descent, at a fixed time.
    order_plain_stochastic, order_modified_stochastic: exponents for the mean over orders, after one epoch.
    order_one_order: exponent for the modified flow and a single order.
    identity_error: relative difference of the mean of |grad C_k|^2 from |grad C|^2 and the spread of the gradients.
    spread: this spread, relative to |grad C|^2.
    step: lengths of steps; plain, modified: errors of gradient descent.
"""

import math
from collections.abc import Callable
from itertools import permutations

import torch
from torch import Tensor

HALVINGS, LARGEST, TIME, FINE = 5, 0.1, 1.0, 50
Loss = Callable[[Tensor], Tensor]


def run(seed: int) -> dict[str, float | list[float]]:
    """Compare descent and flows for steps that are halved.

    Args:
        seed: Seed of starts and minibatches.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    start = 1 + 0.2 * torch.randn(2, generator=generator, dtype=torch.float64)
    steps = [LARGEST / 2**number for number in range(HALVINGS)]
    errors = [descended(start, h) for h in steps]
    batches = minibatches(generator)
    epochs = [epoch(batches, start, h) for h in steps]
    gradients = torch.stack([slope(batch, start) for batch in batches])
    mean, squares = gradients.mean(0), gradients.square().sum(1).mean()
    spread = (gradients - mean).square().sum(1).mean()
    return {
        "order_plain": order([plain for plain, _ in errors]),
        "order_modified": order([modified for _, modified in errors]),
        "order_plain_stochastic": order([plain for plain, _, _ in epochs]),
        "order_modified_stochastic": order([modified for _, modified, _ in epochs]),
        "order_one_order": order([single for _, _, single in epochs]),
        "identity_error": abs((mean.square().sum() + spread) / squares - 1).item(),
        "spread": (spread / mean.square().sum()).item(),
        "step": steps,
        "plain": [plain for plain, _ in errors],
        "modified": [modified for _, modified in errors],
    }


def product(weights: Tensor) -> Tensor:
    """Return E = (a b - 0.6)^2 / 2."""
    return (weights[0] * weights[1] - 0.6).square() / 2


def minibatches(generator: torch.Generator) -> list[Loss]:
    """Return four quadratic losses with different minima and curvatures."""
    centres = torch.randn(4, 2, generator=generator, dtype=torch.float64)
    roots = torch.randn(4, 2, 2, generator=generator, dtype=torch.float64)
    return [lambda x, c=c, r=r: (r @ (x - c)).square().sum() / 2 for c, r in zip(centres, roots, strict=True)]


def slope(loss: Loss, weights: Tensor) -> Tensor:
    """Return the gradient of a loss."""
    return torch.func.grad(loss)(weights)


def modified(losses: list[Loss], h: float) -> Loss:
    """Return the mean loss plus a quarter of the step times the mean squared length of the gradients."""

    def loss(weights: Tensor) -> Tensor:
        squares = torch.stack([slope(part, weights).square().sum() for part in losses])
        return torch.stack([part(weights) for part in losses]).mean() + h / 4 * squares.mean()

    return loss


def flow(loss: Loss, weights: Tensor, time: float) -> Tensor:
    """Return the end point of the flow of a loss after some time, by the classical Runge-Kutta method."""
    h = time / FINE
    for _ in range(FINE):
        first = slope(loss, weights)
        second = slope(loss, weights - h / 2 * first)
        third = slope(loss, weights - h / 2 * second)
        fourth = slope(loss, weights - h * third)
        weights = weights - h / 6 * (first + 2 * second + 2 * third + fourth)
    return weights


def descended(start: Tensor, h: float) -> tuple[float, float]:
    """Return the distances of descent from the flow of its loss and from that of the modified one, at a fixed time."""
    weights = start
    for _ in range(round(TIME / h)):
        weights = weights - h * slope(product, weights)
    ends = flow(product, start, TIME), flow(modified([product], h), start, TIME)
    plain, other = ((weights - end).norm().item() for end in ends)
    return plain, other


def epoch(batches: list[Loss], start: Tensor, h: float) -> tuple[float, float, float]:
    """Return the distances of the mean end point from both flows, and of that of one order from the modified flow."""
    ends = []
    for sequence in permutations(batches):
        weights = start
        for batch in sequence:
            weights = weights - h * slope(batch, weights)
        ends.append(weights)
    mean = torch.stack(ends).mean(0)
    time = h * len(batches)
    plain, other = flow(modified(batches, 0.0), start, time), flow(modified(batches, h), start, time)
    return (mean - plain).norm().item(), (mean - other).norm().item(), (ends[0] - other).norm().item()


def order(errors: list[float]) -> float:
    """Return the exponent with which errors fall, between the two smallest steps."""
    return math.log2(errors[-2] / errors[-1])

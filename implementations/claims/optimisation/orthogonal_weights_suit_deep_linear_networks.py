"""Experiment: steps of gradient descent that deep linear networks need, with orthogonal weights and with Gaussian ones.

Source: the lecture, S21; Saxe, McClelland & Ganguli 2014 (saxe2013exact).

Method: linear networks with 4, 16 or 64 hidden matrices of 64 x 64 and one of 10 x 64 learn to map centred digits to
one-hot answers, by gradient descent on all 1200 images. The hidden matrices start orthogonal, or Gaussian with a
variance of 1/64. Of six learning rates the best is taken: the one with the fewest steps, at most 400, until the loss
has fallen by 85 per cent of the fall that the best linear map achieves. The loss depends on the images through their
second moments only, so they are replaced by 64 vectors with the same moments.

Measures:
    orthogonal: steps with 64 hidden matrices, divided by those with four; orthogonal weights.
    gaussian: steps with 64 Gaussian matrices, divided by those with 64 orthogonal ones.
    condition: by how much the ratio of the largest to the smallest singular value of the product of 64 orthogonal
        matrices differs from one.
    condition_gaussian: log10 of that ratio for the Gaussian ones.
    gaussian_shallow: as `gaussian`, with four hidden matrices.
    depth: log2 of the numbers of matrices; steps_orthogonal, steps_gaussian: steps needed.
"""

import math

import torch
from torch import Tensor

from implementations.concepts.initialisation.orthogonal_initialisation import orthogonal_initialisation
from implementations.concepts.task.digits import TRAINING, Digits

DEPTHS, WIDTH, CLASSES, MOST, SHARE = (4, 16, 64), 64, 10, 400, 0.85
RATES = torch.tensor([0.001, 0.003, 0.01, 0.03, 0.1, 0.3], dtype=torch.float64)


def run(seed: int) -> dict[str, float | list[float]]:
    """Train networks of all depths from both kinds of weights.

    Args:
        seed: Seed of the weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x, y = moments()
    steps: dict[bool, list[float]] = {True: [], False: []}
    conditions: dict[bool, list[float]] = {True: [], False: []}
    for depth in DEPTHS:
        for orthogonal in (True, False):
            hidden = [drawn(WIDTH, generator, orthogonal=orthogonal) for _ in range(depth)]
            last = torch.randn(CLASSES, WIDTH, generator=generator, dtype=torch.float64) / WIDTH**0.5
            conditions[orthogonal].append(condition(hidden))
            steps[orthogonal].append(needed([*hidden, last], x, y))
    return {
        "orthogonal": steps[True][-1] / steps[True][0],
        "gaussian": steps[False][-1] / steps[True][-1],
        "condition": conditions[True][-1] - 1,
        "condition_gaussian": math.log10(conditions[False][-1]),
        "gaussian_shallow": steps[False][0] / steps[True][0],
        "depth": [math.log2(depth) for depth in DEPTHS],
        "steps_orthogonal": steps[True],
        "steps_gaussian": steps[False],
    }


def moments() -> tuple[Tensor, Tensor]:
    """Return 64 inputs `[64, F]` and target outputs `[64, K]` with the second moments of the centred images."""
    data = Digits(generator=torch.Generator())
    x = data.images[:TRAINING].double()
    y = torch.nn.functional.one_hot(data.labels[:TRAINING], CLASSES).double()
    x, y = x - x.mean(0), y - y.mean(0)
    values, vectors = torch.linalg.eigh(x.T @ x / TRAINING)
    root = values.clamp_min(1e-9).sqrt()
    return (vectors * root).T, ((vectors / root).T @ (x.T @ y / TRAINING))


def drawn(width: int, generator: torch.Generator, *, orthogonal: bool) -> Tensor:
    """Return a square matrix, orthogonal, or Gaussian with a variance of one divided by the width."""
    if orthogonal:
        return orthogonal_initialisation(torch.empty(width, width, dtype=torch.float64), generator=generator)
    return torch.randn(width, width, generator=generator, dtype=torch.float64) / width**0.5


def condition(matrices: list[Tensor]) -> float:
    """Return the ratio of a product's largest to its smallest singular value, at least the smallest positive number."""
    product = matrices[0]
    for matrix in matrices[1:]:
        product = matrix @ product
    values = torch.linalg.svdvals(product)
    return (values[0] / values[-1].clamp_min(1e-300)).item()


def needed(matrices: list[Tensor], x: Tensor, y: Tensor) -> float:
    """Return the fewest steps with any of the rates, all of which are tried at once."""
    weights = [matrix.expand(len(RATES), *matrix.shape).clone().requires_grad_() for matrix in matrices]
    goal = (1 - SHARE) * y.square().sum() + SHARE * (y - x @ torch.linalg.lstsq(x, y).solution).square().sum()
    for step in range(MOST):
        h = x.T.expand(len(RATES), -1, -1)
        for weight in weights:
            h = weight @ h
        losses = (h - y.T).square().sum((1, 2))
        if (losses <= goal).any():
            return float(step)
        gradients = torch.autograd.grad(losses.sum() / 2, weights)
        with torch.no_grad():
            for weight, gradient in zip(weights, gradients, strict=True):
                weight -= RATES[:, None, None] * gradient
    return float(MOST)

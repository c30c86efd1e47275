"""Experiment: how many steps does momentum save on a long quadratic bowl, and does the lecture's average too?

Source: the lecture, S10; Polyak 1964 (polyak1964some) for the heavy ball and its best settings on a quadratic;
Sutskever et al. 2013 (sutskever2013importance).

Method: the loss is half of theta^T A theta in 20 dimensions, rotated at random, with eigenvalues whose logarithms are
evenly spaced between 1 and kappa = 100. Gradient descent has its best rate, 2 / (1 + kappa); the heavy ball its best
rate and share, (2 / (1 + sqrt kappa))^2 and ((sqrt kappa - 1) / (sqrt kappa + 1))^2. Steps are counted until the
distance from the minimum is a millionth of that at the start.

Measures:
    speed_up: steps of gradient descent over those of the heavy ball.
    averaged_slow_down: steps of the lecture's average over those of the heavy ball, with the same rate and share.
    averaged_corrected_slow_down: the same with the rate over one minus the share, as for a heavy ball.
    round_speed_up: the first ratio on a nearly round quadratic, kappa = 1.2.
    step: 0, 10, .., 600; descent, ball, averaged: log10 of the distance.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.concepts.optimiser.averaged_momentum import AveragedMomentum
from implementations.concepts.optimiser.gradient_descent import GradientDescent
from implementations.concepts.optimiser.heavy_ball import HeavyBall
from implementations.update_rule import UpdateRule

DIMENSIONS, KAPPA, ROUND = 20, 100.0, 1.2
NEAR, MOST, SHOWN, LEAST = 1e-6, 20_000, 601, -12.0


def run(seed: int) -> dict[str, float | list[float]]:
    """Minimise the same quadratic in four ways.

    Args:
        seed: Seed of the quadratic's directions and of the start.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    turned = torch.linalg.qr(torch.randn(DIMENSIONS, DIMENSIONS, generator=generator, dtype=torch.float64)).Q
    start = torch.randn(DIMENSIONS, generator=generator, dtype=torch.float64)
    valley, bowl = (bowl_of(kappa, turned) for kappa in (KAPPA, ROUND))
    rate, share = best_momentum(KAPPA)
    paths = {
        "descent": distances(valley, start, descent(KAPPA)),
        "ball": distances(valley, start, lambda theta: HeavyBall(theta, lr=rate, momentum=share)),
        "averaged": distances(valley, start, lambda theta: AveragedMomentum(theta, lr=rate, momentum=share)),
        "corrected": distances(
            valley, start, lambda theta: AveragedMomentum(theta, lr=rate / (1 - share), momentum=share)
        ),
    }
    round_rate, round_share = best_momentum(ROUND)
    in_bowl = distances(bowl, start, lambda theta: HeavyBall(theta, lr=round_rate, momentum=round_share))
    steps = {name: needed(path) for name, path in paths.items()}
    return {
        "speed_up": steps["descent"] / steps["ball"],
        "averaged_slow_down": steps["averaged"] / steps["ball"],
        "averaged_corrected_slow_down": steps["corrected"] / steps["ball"],
        "round_speed_up": needed(distances(bowl, start, descent(ROUND))) / needed(in_bowl),
        "step": [float(step) for step in range(0, SHOWN, 10)],
        **{name: shown(paths[name]) for name in ("descent", "ball", "averaged")},
    }


def bowl_of(kappa: float, turned: Tensor) -> Tensor:
    """Return a symmetric matrix with eigenvalues from 1 to kappa along given directions."""
    return turned @ torch.diag(kappa ** torch.linspace(0, 1, DIMENSIONS, dtype=torch.float64)) @ turned.T


def best_momentum(kappa: float) -> tuple[float, float]:
    """Return the heavy ball's best rate and share for eigenvalues between 1 and kappa."""
    root = math.sqrt(kappa)
    return (2 / (1 + root)) ** 2, ((root - 1) / (root + 1)) ** 2


def descent(kappa: float) -> Callable[[list[nn.Parameter]], UpdateRule]:
    """Return gradient descent with its best rate for eigenvalues between 1 and kappa."""
    return lambda theta: GradientDescent(theta, lr=2 / (1 + kappa))


def distances(bowl: Tensor, start: Tensor, rule: Callable[[list[nn.Parameter]], UpdateRule]) -> list[float]:
    """Return the distance from the minimum, relative to the first, before every step, until it is small enough."""
    theta = nn.Parameter(start.clone())
    optimiser, found = rule([theta]), [1.0]
    while found[-1] > NEAR or len(found) < SHOWN:
        if len(found) > MOST:
            raise RuntimeError(f"{type(optimiser).__name__} is not near the minimum after {MOST} steps")
        theta.grad = bowl @ theta.detach()
        optimiser.step()
        found.append((theta.detach().norm() / start.norm()).item())
    return found


def needed(path: list[float]) -> int:
    """Return the number of steps until the distance is small enough for the first time."""
    return next(step for step, distance in enumerate(path) if distance <= NEAR)


def shown(path: list[float]) -> list[float]:
    """Return log10 of every tenth distance, within the range of floating point."""
    return [max(math.log10(path[step]), LEAST) for step in range(0, SHOWN, 10)]

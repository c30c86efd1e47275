"""Experiment: how many steps of a diffusion model's chain can be skipped, with new noise in every step and without.

Source: Song, Meng & Ermon 2021, sec. 1 (song2020denoising); the chain is that of Ho, Jain & Abbeel 2020, sec. 4
(ho2020denoising).

Method: data are the points of the task of the mixture, five groups in the plane, whose noise can be predicted in closed
form: nothing is trained, so that only the steps make errors. A chain of 1000 steps is visited at 5 to all of them,
evenly spaced, from the same starting points, with no new noise and with a full share of it. The points are compared
with fresh ones of the mixture, in groups whose distances are averaged: those of one group are as uncertain as large.

Measures:
    steps, noiseless, full: the number of steps, and the energy distance from fresh points for both shares of new noise.
    ratio: the distance with a full share over that with no new noise, in ten steps.
    noiseless_all, full_all: the distances with all steps.
"""

import torch
from torch import Tensor

from implementations.concepts.sampling_method.denoising_diffusion_implicit_model import implicit_sample
from implementations.concepts.task.mixture_score import SPREAD, MixtureScore, score

CHAIN, STEPS, FEW = 1000, [5, 10, 20, 50, 100, 1000], 10
COUNT, GROUPS = 2000, 8
KEPT = (1 - torch.linspace(1e-4, 0.02, CHAIN, dtype=torch.float64)).cumprod(0)


def run(seed: int) -> dict[str, float | list[float]]:
    """Draw points in several numbers of steps, with both shares of new noise.

    Args:
        seed: Seed of starting points, new noise and fresh points.

    Returns:
        The measures that the module lists.
    """
    data = MixtureScore(generator=torch.Generator().manual_seed(seed + 1000), batch_size=COUNT)
    fresh = torch.stack([data.batch()[1].double() for _ in range(GROUPS)])
    noiseless, full = ([energy_distance(drawn(steps, eta, seed), fresh) for steps in STEPS] for eta in (0.0, 1.0))
    at = STEPS.index(FEW)
    return {
        "steps": [float(steps) for steps in STEPS],
        "noiseless": noiseless,
        "full": full,
        "ratio": full[at] / noiseless[at],
        "noiseless_all": noiseless[-1],
        "full_all": full[-1],
    }


def drawn(steps: int, eta: float, seed: int) -> Tensor:
    """Return groups of points that are drawn in a number of steps, with a share of new noise."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(GROUPS * COUNT, 2, generator=generator, dtype=torch.float64)
    visited = [CHAIN * step // steps for step in range(1, steps + 1)]
    points = implicit_sample(noise_in, x, KEPT, visited=visited, eta=eta, generator=generator)
    return points.unflatten(0, (GROUPS, COUNT))


def noise_in(x: Tensor, step: int) -> Tensor:
    """Return the mean of the noise in points that are at a step of the chain."""
    kept = float(KEPT[step - 1])
    return -((1 - kept) ** 0.5) / kept**0.5 * score(x / kept**0.5, SPREAD**2 + (1 - kept) / kept)


def energy_distance(one: Tensor, other: Tensor) -> float:
    """Return the energy distance of two sets of points, a mean over groups of all pairs of different points."""
    between = torch.cdist(one, other).mean()
    within = sum(torch.pdist(points).mean() for points in (*one, *other)) / GROUPS
    return float(2 * between - within)

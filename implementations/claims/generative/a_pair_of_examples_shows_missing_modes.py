"""Experiment: how many groups of points does a generator cover, if the discriminator judges points singly or in pairs?

Source: Lin, Khetan, Fanti & Oh 2018 (lin2018pacgan), and the authors' code for the ring of groups.

Method: the data are eight normal distributions on a circle in the unit square. Generative adversarial networks are
trained with the non-saturating loss and Adam, six runs in parallel, in three ways: the discriminator judges 64 single
points a step, 128 single points, or 64 pairs, whose points are concatenated. Its first layer has two more inputs for
pairs; all else is the same. Of 2500 generated points those within three standard deviations of a group are good, and a
group is covered if it has a good point.

Measures:
    steps: numbers of steps after which points are generated.
    singles_course, twice_course, pairs_course: mean number of covered groups of all runs, after these steps.
    single, twice, pairs: mean of the last eleven of these numbers, from step 500 on.
    over_twice: pairs - twice.
    quality_single, quality_pairs: share of good points, mean over the same steps.
"""

import math
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.architectures.generative.generative_adversarial_network import (
    Discriminator,
    GenerativeAdversarialNetwork,
)
from implementations.claims.precision import double_precision
from implementations.claims.side_by_side import SideBySide
from kb.training import Descent
from kb.training import run as train

GROUPS, RADIUS, SPREAD = 8, 0.4, 0.02
RUNS, BATCH, DRAWN = 6, 64, 2500
HIDDEN, UNITS, PIECES, LATENT = 32, 16, 3, 2
STEPS, EVERY, LAST, RATE, BETAS = 1500, 100, 11, 1e-3, (0.5, 0.999)


@double_precision()
def run(seed: int) -> dict[str, float | list[float]]:
    """Train in all three ways.

    Args:
        seed: Seed of weights, points and noise.

    Returns:
        The measures that the module lists.
    """
    singles, good = course(seed, pack=1, batch=BATCH)
    twice, _ = course(seed, pack=1, batch=2 * BATCH)
    pairs, good_pairs = course(seed, pack=2, batch=BATCH)
    return {
        "steps": [float(step) for step in range(EVERY, STEPS + 1, EVERY)],
        "singles_course": singles,
        "twice_course": twice,
        "pairs_course": pairs,
        "single": end_of(singles),
        "twice": end_of(twice),
        "pairs": end_of(pairs),
        "over_twice": end_of(pairs) - end_of(twice),
        "quality_single": end_of(good),
        "quality_pairs": end_of(good_pairs),
    }


def end_of(course: list[float]) -> float:
    """Return the mean of the last numbers, from step 500 on."""
    return sum(course[-LAST:]) / LAST


def optimiser_of(networks: SideBySide) -> torch.optim.Optimizer:
    """Return Adam for the weights of all networks."""
    return torch.optim.Adam([weight.requires_grad_() for weight in networks.weights.values()], lr=RATE, betas=BETAS)


def course(seed: int, *, pack: int, batch: int) -> tuple[list[float], list[float]]:
    """Return the numbers of covered groups and the shares of good points in the course of training.

    Args:
        seed: Seed of weights, points and noise.
        pack: How many points the discriminator judges at once.
        batch: How many times it does so in a step.
    """
    torch.manual_seed(seed)
    networks = [
        GenerativeAdversarialNetwork(features=2, latent=LATENT, hidden=HIDDEN, units=UNITS, pieces=PIECES)
        for _ in range(RUNS)
    ]
    generate = SideBySide([network.generator for network in networks])
    judge = SideBySide(
        [Discriminator(in_features=2 * pack, units=UNITS, pieces=PIECES, dropout=0.0) for _ in range(RUNS)]
    )
    generator = torch.Generator().manual_seed(seed)

    def generated() -> Tensor:
        return generate(torch.randn(RUNS, pack * batch, LATENT, generator=generator))

    def log_odds(points: Tensor) -> Tensor:
        return judge(points.unflatten(1, (batch, pack)).flatten(2))

    def discriminator_loss() -> Tensor:
        of_real, of_fake = log_odds(ring(pack * batch, generator)), log_odds(generated().detach())
        return (F.softplus(-of_real) + F.softplus(of_fake)).mean(1).sum()

    def generator_loss() -> Tensor:
        return F.softplus(-log_odds(generated())).mean(1).sum()

    descents = [
        Descent(discriminator_loss, optimiser_of(judge)),
        Descent(generator_loss, optimiser_of(generate)),
    ]
    covered, good = zip(*tested(train(descents, steps=STEPS), generate, seed), strict=True)
    return list(covered), list(good)


def tested(steps: Iterator[list[float]], generate: SideBySide, seed: int) -> Iterator[tuple[float, float]]:
    """Take the steps, and yield the number of covered groups and the share of good points now and then."""
    noise = torch.randn(RUNS, DRAWN, LATENT, generator=torch.Generator().manual_seed(1000 + seed))
    for step, _ in enumerate(steps, start=1):
        if step % EVERY == 0:
            with torch.no_grad():
                distances = torch.cdist(generate(noise), centres().expand(RUNS, -1, -1))  # [runs, points, groups]
            good = distances < 3 * SPREAD
            yield good.any(1).double().sum(1).mean().item(), good.any(2).double().mean().item()


def centres() -> Tensor:
    """Return the means of the groups, `[8, 2]`."""
    angles = 2 * math.pi * torch.arange(GROUPS) / GROUPS
    return 0.5 + RADIUS * torch.stack([angles.cos(), angles.sin()], 1)


def ring(count: int, generator: torch.Generator) -> Tensor:
    """Return real points for every run, `[runs, count, 2]`."""
    chosen = torch.randint(GROUPS, (RUNS, count), generator=generator)
    return centres()[chosen] + SPREAD * torch.randn(RUNS, count, 2, generator=generator)

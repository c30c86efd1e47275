"""Experiment: how far from the data is a generator that misses groups, as seen in packs of examples?

Source: Lin, Khetan, Fanti & Oh 2018, abstract (lin2018pacgan): packing penalises generators with mode collapse.

Method: the data fall into eight groups, with random shares. One generator misses two groups, and has all others in
their proportions. Another has all groups, in other proportions, such that its total variation distance from the data is
the same: shares are multiplied by exp(s n) with random n, and s is found by bisection. What one discriminator can
distinguish in packs of m examples is the distance of the distributions of m independent examples, which is added up
over all 8^m packs. Nothing is trained.

Measures:
    packs: sizes of packs.
    missing, uneven: mean distances of the two generators for these sizes.
    same: largest difference of the distances of both generators for single examples.
    formula: largest difference of the first generator's distance from 1 - (1 - d)^m, with its distance d for m = 1.
    farther: share of draws in which the generator that misses groups is farther from the data in pairs.
    ratio: mean distance of the other generator in pairs, over that of the first.
"""

import torch
from torch import Tensor

from implementations.claims.precision import double_precision

GROUPS, MISSED, DRAWS, PACKS = 8, 2, 100, [1, 2, 3, 4, 5]
STRONGEST, HALVINGS = 100.0, 80


@double_precision()
def run(seed: int) -> dict[str, float | list[float]]:
    """Compute the distances for random shares.

    Args:
        seed: Seed of all shares.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    missing, uneven = (torch.zeros(DRAWS, len(PACKS)) for _ in range(2))
    for draw in range(DRAWS):
        data = torch.rand(GROUPS, generator=generator)
        data = data / data.sum()
        incomplete = data.clone()
        incomplete[torch.randperm(GROUPS, generator=generator)[:MISSED]] = 0
        incomplete = incomplete / incomplete.sum()
        complete = at_distance(data, float(distance(data, incomplete)), generator)
        for at, size in enumerate(PACKS):
            missing[draw, at], uneven[draw, at] = (
                distance(in_packs(data, size), in_packs(shares, size)) for shares in (incomplete, complete)
            )
    formula = 1 - (1 - missing[:, :1]) ** torch.tensor(PACKS)
    pairs = PACKS.index(2)
    return {
        "packs": [float(size) for size in PACKS],
        "missing": missing.mean(0).tolist(),
        "uneven": uneven.mean(0).tolist(),
        "same": float((missing[:, 0] - uneven[:, 0]).abs().max()),
        "formula": float((missing - formula).abs().max()),
        "farther": float((missing[:, pairs] > uneven[:, pairs]).double().mean()),
        "ratio": float(uneven[:, pairs].mean() / missing[:, pairs].mean()),
    }


def distance(one: Tensor, other: Tensor) -> Tensor:
    """Return the total variation distance of two distributions."""
    return (one - other).abs().sum() / 2


def in_packs(shares: Tensor, size: int) -> Tensor:
    """Return the probabilities of all packs of independent examples."""
    packs = shares
    for _ in range(size - 1):
        packs = torch.outer(packs, shares).flatten()
    return packs


def at_distance(data: Tensor, required: float, generator: torch.Generator) -> Tensor:
    """Return positive shares at a distance from the data's."""
    factors = torch.randn(GROUPS, generator=generator)
    low, high = 0.0, STRONGEST
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        near = distance(data, tilted(data, middle * factors)) < required
        low, high = (middle, high) if near else (low, middle)
    return tilted(data, low * factors)


def tilted(shares: Tensor, logarithms: Tensor) -> Tensor:
    """Return shares that are multiplied by factors, whose logarithms are given, and add up to 1 again."""
    return (shares.log() + logarithms).softmax(0)

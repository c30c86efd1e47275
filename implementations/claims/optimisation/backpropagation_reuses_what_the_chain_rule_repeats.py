"""Experiment: the derivative of a chain of forks, path by path and by backpropagation.

Source: the lecture, S6; Baydin et al. 2018 (baydin2018automatic).

Method: a number passes through L stages, each of which adds up two functions of it, sin(x) and x^2 / 4: there are 2^L
paths from the input to the output. The chain rule writes the derivative as a sum over paths of products of L slopes;
the terms are enumerated and added. Backpropagation goes through the recorded operations once; a hook counts how often
one of its two functions in a stage is visited.

Measures:
    difference: largest relative difference of the two derivatives, over L = 1 to 12.
    terms_error: largest difference of the number of terms from 2^L.
    visits_error: largest difference of the number of visits from 2 L.
    forked_error: relative difference from the derivative where one path per stage is left out.
    stages: 1, .., 12; paths, visited: numbers of terms and of visits.
"""

import itertools
import math

import torch
from torch import Tensor

STAGES = range(1, 13)


def run(seed: int) -> dict[str, float | list[float]]:
    """Differentiate chains of every length both ways.

    Args:
        seed: Seed of the inputs.

    Returns:
        The measures that the module lists.
    """
    start = torch.rand((), generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    found = {length: by_paths(start, length) for length in STAGES}
    visited = {length: by_backpropagation(start, length) for length in STAGES}
    pairs = [(found[length][0], visited[length][0]) for length in STAGES]
    longest = max(STAGES)
    one_way = math.prod(first for first, _ in slopes_of(start, longest))
    return {
        "difference": max(abs(paths / swept - 1) for paths, swept in pairs),
        "terms_error": float(max(abs(found[length][1] - 2**length) for length in STAGES)),
        "visits_error": float(max(abs(visited[length][1] - 2 * length) for length in STAGES)),
        "forked_error": abs(one_way / visited[longest][0] - 1),
        "stages": [float(length) for length in STAGES],
        "paths": [float(found[length][1]) for length in STAGES],
        "visited": [float(visited[length][1]) for length in STAGES],
    }


def slopes_of(x: Tensor, length: int) -> list[tuple[float, float]]:
    """Return the slopes of both functions at every stage."""
    slopes = []
    for _ in range(length):
        slopes.append((x.cos().item(), x.item() / 2))
        x = x.sin() + x.square() / 4
    return slopes


def by_paths(x: Tensor, length: int) -> tuple[float, int]:
    """Return the derivative as a sum over all paths, and the number of paths."""
    terms = [math.prod(path) for path in itertools.product(*slopes_of(x, length))]
    return sum(terms), len(terms)


def by_backpropagation(x: Tensor, length: int) -> tuple[float, int]:
    """Return the derivative by one sweep, and how many functions of stages it passed through."""
    x = x.clone().requires_grad_()
    visits = []
    state = x
    for _ in range(length):
        branches = state.sin(), state.square() / 4
        for branch in branches:
            branch.register_hook(visits.append)
        state = branches[0] + branches[1]
    (slope,) = torch.autograd.grad(state, x)
    return slope.item(), len(visits)

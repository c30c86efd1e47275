"""Experiment: how many linear pieces does a network of L layers of two units have, by construction and by chance?

Source: the lecture's L157-L159; Montufar et al. 2014 (montufar2014linear), Telgarsky 2016 (telgarsky2016benefits); for
random weights Hanin & Rolnick 2019 (hanin2019complexity).

Method: networks from one input to one output. Pieces are counted, not taken from a formula: between two neighbouring
kinks every pre-activation of the next layer is affine, so its zeros are found exactly by interpolation and become new
kinks; in the end, kinks where the slope of the output does not change are dropped. Networks compared:
    fold:     layers 2 relu(z) - 4 relu(z - 1/2), the tent map, which folds [0, 1] onto itself; L layers of 2 units
    shallow:  one hidden layer of 2L units with a kink each inside [0, 1], as many as it can have; as many parameters
    monotone: layers relu(z)/2 + relu(z - 1/2), which bend [0, 1] without folding it; L layers of 2 units
    random:   weights by He's rule and normal biases, mean over 20 draws, kinks counted on [-10000, 10000]

Measures:
    largest_fold_error: max over L = 1..10 of |pieces of the fold network - 2^L|.
    largest_shallow_error: max over L of |pieces of the shallow network - (2L + 1)|.
    least_lead: min over L = 3..10 of fold pieces - shallow pieces.
    largest_parameter_gap: max over L of |parameters of the fold network - parameters of the shallow one|.
    monotone_lead: max over L of monotone pieces - shallow pieces.
    fewest_random_pieces_per_unit, most_random_pieces_per_unit: min and max of pieces / hidden units over random
        networks of 1, 2, 4, 8 layers with 128 units in all, and of 1..10 layers of 16 units.
    depth, fold, shallow, monotone, random: series over L; the random networks of it have L layers of 16 units.
"""

import math
from itertools import pairwise

import torch
from torch import Tensor

Layers = list[tuple[Tensor, Tensor]]
DEPTHS = range(1, 11)
DRAWS, WIDTH = 20, 16


def run(seed: int) -> dict[str, float | list[float]]:
    """Count the pieces of constructed and of random networks.

    Args:
        seed: Seed of the random networks and of the shallow one's weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    fold_networks = [composed([2.0, -4.0], depth) for depth in DEPTHS]
    shallow_networks = [_shallow(2 * depth, generator) for depth in DEPTHS]
    fold = [count_pieces(layers) for layers in fold_networks]
    shallow = [count_pieces(layers) for layers in shallow_networks]
    monotone = [count_pieces(composed([0.5, 1.0], depth)) for depth in DEPTHS]
    random = [_mean_random_pieces([WIDTH] * depth, generator) for depth in DEPTHS]
    same_units = [_mean_random_pieces([128 // depth] * depth, generator) / 128 for depth in (1, 2, 4, 8)]
    per_unit = same_units + [pieces / (WIDTH * depth) for pieces, depth in zip(random, DEPTHS, strict=True)]
    sizes = zip(map(_parameters, fold_networks), map(_parameters, shallow_networks), strict=True)
    return {
        "largest_fold_error": float(max(abs(n - 2**depth) for n, depth in zip(fold, DEPTHS, strict=True))),
        "largest_shallow_error": float(max(abs(n - 2 * depth - 1) for n, depth in zip(shallow, DEPTHS, strict=True))),
        "least_lead": float(min(f - s for f, s in zip(fold[2:], shallow[2:], strict=True))),
        "largest_parameter_gap": float(max(abs(deep - wide) for deep, wide in sizes)),
        "monotone_lead": float(max(m - s for m, s in zip(monotone, shallow, strict=True))),
        "fewest_random_pieces_per_unit": min(per_unit),
        "most_random_pieces_per_unit": max(per_unit),
        "depth": [float(depth) for depth in DEPTHS],
        "fold": [float(n) for n in fold],
        "shallow": [float(n) for n in shallow],
        "monotone": [float(n) for n in monotone],
        "random": random,
    }


def composed(outer: list[float], depth: int) -> Layers:
    """Return the network z -> outer[0] relu(z) + outer[1] relu(z - 1/2), composed with itself `depth` times."""
    outer_ = torch.tensor([outer], dtype=torch.float64)  # [1, 2]
    bias = torch.tensor([0.0, -0.5], dtype=torch.float64)
    first = (torch.ones(2, 1, dtype=torch.float64), bias)
    inner = (outer_.expand(2, 2), bias)  # reads the previous map's value into both units
    return [first, *[inner] * (depth - 1), (outer_, torch.zeros(1, dtype=torch.float64))]


def _shallow(units: int, generator: torch.Generator) -> Layers:
    """Return one hidden layer whose units switch at different places inside (0, 1), with random output weights."""
    kinks = torch.linspace(0, 1, units + 2, dtype=torch.float64)[1:-1]
    weights = torch.randn(1, units, generator=generator, dtype=torch.float64)
    return [(torch.ones(units, 1, dtype=torch.float64), -kinks), (weights, torch.zeros(1, dtype=torch.float64))]


def _mean_random_pieces(widths: list[int], generator: torch.Generator) -> float:
    counts = []
    for _ in range(DRAWS):
        sizes = [1, *widths, 1]
        layers = [_random_layer(n, m, generator) for n, m in pairwise(sizes)]
        counts.append(count_pieces(layers, -1e4, 1e4))
    return sum(counts) / DRAWS


def _random_layer(inputs: int, outputs: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    weight = torch.randn(outputs, inputs, generator=generator, dtype=torch.float64) * math.sqrt(2 / inputs)
    return weight, torch.randn(outputs, generator=generator, dtype=torch.float64)


def count_pieces(layers: Layers, start: float = 0.0, end: float = 1.0) -> int:
    """Return the number of affine pieces of a one-dimensional ReLU network on an interval.

    Args:
        layers: Weights `[out, in]` and biases `[out]`; rectified linear units after all but the last.
        start: Left end.
        end: Right end.
    """
    x = torch.tensor([start, end], dtype=torch.float64)  # ends and kinks, sorted
    z = x[:, None]
    for depth in range(len(layers)):
        z = _pre_activation(layers, x, depth)
        if depth < len(layers) - 1:
            x = torch.cat([x, _zeros(x, z)]).unique()
    z = _pre_activation(layers, x, len(layers) - 1)[:, 0]
    slopes = z.diff() / x.diff()
    changes = slopes.diff().abs() > 1e-9 * slopes.abs().max()
    return 1 + int(changes.sum())


def _pre_activation(layers: Layers, x: Tensor, depth: int) -> Tensor:
    h = x[:, None]
    for weight, bias in layers[:depth]:
        h = torch.relu(h @ weight.T + bias)
    weight, bias = layers[depth]
    return h @ weight.T + bias


def _zeros(x: Tensor, z: Tensor) -> Tensor:
    """Return where functions that are affine between neighbouring points change sign strictly between them."""
    left, right = z[:-1], z[1:]
    interval, unit = (left * right < 0).nonzero(as_tuple=True)
    share = left[interval, unit] / (left[interval, unit] - right[interval, unit])
    return x[interval] + share * (x[interval + 1] - x[interval])


def _parameters(layers: Layers) -> int:
    return sum(weight.numel() + bias.numel() for weight, bias in layers)

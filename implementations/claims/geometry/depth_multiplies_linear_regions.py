"""Experiment: how many linear pieces does a network of L layers have, by construction and at random?

Source: the lecture, S4; Montufar et al. 2014 (montufar2014linear), Telgarsky 2016 (telgarsky2016benefits); for
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
    largest_preimage_error: max over L of |points of [0, 1] that the fold network maps to 0.3 - 2^L|.
    largest_shallow_error: max over L of |pieces of the shallow network - (2L + 1)|.
    least_lead: min over L = 3..10 of fold pieces - shallow pieces.
    largest_parameter_gap: max over L of |parameters of the fold network - parameters of the shallow one|.
    monotone_lead: max over L of monotone pieces - shallow pieces.
    fewest_random_pieces_per_unit, most_random_pieces_per_unit: min and max of pieces / hidden units over random
        networks of 1, 2, 4, 8 layers with 128 units in all, and of 1..10 layers of 16 units.
    depth, fold, shallow, monotone, random: series over L; the random networks of it have L layers of 16 units.
"""

import math

import torch
from torch import Tensor, nn

from implementations.architectures.feedforward.mlp import MLP

DEPTHS = range(1, 11)
DRAWS, WIDTH, VALUE = 20, 16, 0.3


def run(seed: int) -> dict[str, float | list[float]]:
    """Count the pieces of constructed and of random networks.

    Args:
        seed: Seed of the random networks and of the shallow one's weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    deep_networks = [composed(2.0, -4.0, depth) for depth in DEPTHS]
    shallow_networks = [one_layer(2 * depth, generator) for depth in DEPTHS]
    fold = [count_pieces(network) for network in deep_networks]
    shallow = [count_pieces(network) for network in shallow_networks]
    monotone = [count_pieces(composed(0.5, 1.0, depth)) for depth in DEPTHS]
    random = [_mean_random_pieces([WIDTH] * depth, generator) for depth in DEPTHS]
    per_unit = [_mean_random_pieces([128 // depth] * depth, generator) / 128 for depth in (1, 2, 4, 8)]
    per_unit += [pieces / (WIDTH * depth) for pieces, depth in zip(random, DEPTHS, strict=True)]
    sizes = zip(map(_parameters, deep_networks), map(_parameters, shallow_networks), strict=True)
    return {
        "largest_fold_error": float(max(abs(n - 2**depth) for n, depth in zip(fold, DEPTHS, strict=True))),
        "largest_preimage_error": float(
            max(abs(count_preimages(n) - 2**depth) for n, depth in zip(deep_networks, DEPTHS, strict=True))
        ),
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


def composed(first: float, second: float, depth: int) -> MLP:
    """Return the map z -> first relu(z) + second relu(z - 1/2), applied `depth` times, as one network."""
    network = MLP(in_features=1, hidden=[2] * depth, out_features=1).double()
    for layer in _linears(network):
        # Every unit reads the value of the map before it: z itself in the first layer.
        row = torch.tensor([first, second]) if layer.in_features == 2 else torch.ones(1)
        bias = torch.tensor([0.0, -0.5]) if layer.out_features == 2 else torch.zeros(1)
        _fill(layer, row.expand(layer.out_features, -1), bias)
    return network


def one_layer(units: int, generator: torch.Generator) -> MLP:
    """Return one hidden layer whose units switch at different places inside (0, 1), with random output weights."""
    network = MLP(in_features=1, hidden=[units], out_features=1).double()
    hidden, output = _linears(network)
    _fill(hidden, torch.ones(units, 1), -torch.linspace(0, 1, units + 2, dtype=torch.float64)[1:-1])
    _fill(output, torch.randn(1, units, generator=generator, dtype=torch.float64), torch.zeros(1))
    return network


def count_pieces(network: MLP, start: float = 0.0, end: float = 1.0) -> int:
    """Return the number of affine pieces of a one-dimensional ReLU network on an interval."""
    x, y = _kinks(network, start, end)
    slopes = y.diff() / x.diff()
    changes = slopes.diff().abs() > 1e-9 * slopes.abs().max()
    return 1 + int(changes.sum())


def count_preimages(network: MLP, value: float = VALUE) -> int:
    """Return how many points of [0, 1] a one-dimensional ReLU network maps to a value that it has at no kink."""
    above = _kinks(network, 0.0, 1.0)[1] > value
    return int((above[1:] != above[:-1]).sum())


@torch.no_grad()
def _kinks(network: MLP, start: float, end: float) -> tuple[Tensor, Tensor]:
    """Return the ends of an interval and all kinks between them in order, and the outputs there."""
    x = torch.tensor([start, end], dtype=torch.float64)
    for depth in range(len(_linears(network)) - 1):
        pre_activations = network.layers[: 2 * depth + 1](x[:, None])
        x = torch.cat([x, _zeros(x, pre_activations)]).unique()
    return x, network(x[:, None])[:, 0]


def _zeros(x: Tensor, z: Tensor) -> Tensor:
    """Return where functions that are affine between neighbouring points change sign strictly between them."""
    left, right = z[:-1], z[1:]
    interval, unit = (left * right < 0).nonzero(as_tuple=True)
    share = left[interval, unit] / (left[interval, unit] - right[interval, unit])
    return x[interval] + share * (x[interval + 1] - x[interval])


def _mean_random_pieces(widths: list[int], generator: torch.Generator) -> float:
    counts = []
    for _ in range(DRAWS):
        network = MLP(in_features=1, hidden=widths, out_features=1).double()
        for layer in _linears(network):
            weight = torch.randn(layer.weight.shape, generator=generator, dtype=torch.float64)
            bias = torch.randn(layer.bias.shape, generator=generator, dtype=torch.float64)
            _fill(layer, weight * math.sqrt(2 / layer.in_features), bias)
        counts.append(count_pieces(network, -1e4, 1e4))
    return sum(counts) / DRAWS


def _linears(network: MLP) -> list[nn.Linear]:
    return [layer for layer in network.layers if isinstance(layer, nn.Linear)]


def _fill(layer: nn.Linear, weight: Tensor, bias: Tensor) -> None:
    with torch.no_grad():
        layer.weight.copy_(weight)
        layer.bias.copy_(bias)


def _parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())

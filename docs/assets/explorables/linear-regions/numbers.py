"""Numbers of the explorable: random weights as the experiment draws them, for two inputs."""

import math
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.geometry import depth_multiplies_linear_regions as experiment

DRAWS, WIDTH, DEPTH, SIDE, SAMPLES = 3, 8, 4, 3.0, 1500


def data() -> list[list[dict[str, Tensor]]]:
    """Return the layers of several draws, weights before they are scaled; a smaller network is a part of them."""
    generator = torch.Generator().manual_seed(0)

    def layer(inputs: int) -> dict[str, Tensor]:
        weight = torch.randn(WIDTH, inputs, generator=generator, dtype=torch.float64)
        return {"weight": weight, "bias": torch.randn(WIDTH, generator=generator, dtype=torch.float64)}

    return [[layer(WIDTH if depth else 2) for depth in range(DEPTH)] for _ in range(DRAWS)]


def cases(stored: list[list[dict[str, Any]]]) -> Iterator[tuple[str, list[Any], Any]]:
    """Yield functions of the explorable, their arguments, and what networks of the library do for the same."""
    for draw, width, depth in [(0, 4, 1), (1, 8, 1), (2, 3, 2), (0, 5, 2), (1, 4, 3), (2, 4, 4)]:
        yield "counted", [stored[draw], width, depth], _sampled(network(stored[draw], width, depth))
    for depth in range(1, DEPTH + 1):  # the two coordinates are folded independently
        yield "folded", [depth], experiment.count_pieces(experiment.composed(2.0, -4.0, depth)) ** 2
    points = [[-2.5, 1.0], [0.3, 0.2], [2.0, -1.5]]
    for point in points:
        found = network(stored[2], 6, 3)(torch.tensor([point], dtype=torch.float64))[0]
        yield "hidden", [stored[2], 6, 3, point], found


def network(layers: list[dict[str, Any]], width: int, depth: int) -> torch.nn.Sequential:
    """Return the hidden layers of a perceptron with the first units of the first layers, scaled by He's rule."""
    found = MLP(in_features=2, hidden=[width] * depth, out_features=1).double()
    for linear, stored in zip(experiment._linears(found), layers[:depth], strict=False):
        weight, bias = (torch.tensor(stored[name], dtype=torch.float64)[:width] for name in ("weight", "bias"))
        experiment._fill(linear, weight[:, : linear.in_features] * math.sqrt(2 / linear.in_features), bias)
    return found.layers[: 2 * depth]


@torch.no_grad()
def _sampled(layers: torch.nn.Sequential) -> int:
    """Return how many patterns of active units there are on a fine grid of the square."""
    line = (torch.arange(SAMPLES, dtype=torch.float64) + 0.5) / SAMPLES * 2 * SIDE - SIDE
    values, patterns = torch.cartesian_prod(line, line), torch.zeros(SAMPLES**2, dtype=torch.long)
    for layer in layers:
        values = layer(values)
        if isinstance(layer, torch.nn.ReLU):
            for unit in values.unbind(1):
                patterns = 2 * patterns + (unit > 0)
    return len(patterns.unique())

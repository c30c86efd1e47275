"""Numbers of the explorable: random features as the experiment draws them, of images of one row.

A number is an image of twenty pixels in a row with a bump at its place; all other pixels of the experiment's images are
zero, and so their weights are left out.
"""

import math
from collections.abc import Iterator
from typing import Any
from unittest import mock

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.claims.generalisation import the_test_error_falls_twice as experiment

DRAWS, PIXELS, UNITS, EXAMPLES, IMAGE = 3, 20, 100, 20, 64
DIGITS = 2
GOLDEN = (math.sqrt(5) - 1) / 2


def data() -> dict[str, Any]:
    """Return weights of several draws `[draw, pixels, units]`, and examples: where they are, and their noise."""
    generator = torch.Generator().manual_seed(0)
    weights = torch.randn(DRAWS, PIXELS, 2 * UNITS, generator=generator, dtype=torch.float64)[:, :, :UNITS]
    spread = [2 * (number * GOLDEN % 1) - 1 for number in range(1, EXAMPLES - 1)]  # evenly, however many are used
    noise = torch.randn(EXAMPLES, generator=generator, dtype=torch.float64)
    return {"weights": weights.round(decimals=DIGITS), "examples": [-1.0, 1.0, *spread], "noise": noise}


def cases(stored: dict[str, Any]) -> Iterator[tuple[str, list[Any], Any]]:
    """Yield functions of the explorable, their arguments, and what the experiment finds for the same."""
    places, noise, weights = (
        torch.tensor(stored[name], dtype=torch.float64) for name in ("examples", "noise", "weights")
    )
    grid = torch.linspace(-1, 1, 101, dtype=torch.float64)
    for units, examples, size, penalty, draw in [
        (3, 12, 0.2, 0.0, 0), (12, 12, 0.2, 0.0, 1), (13, 20, 0.5, 0.0, 2), (100, 20, 0.2, 0.0, 0),
        (12, 12, 0.2, 0.01, 0), (100, 8, 0.3, 0.001, 1),
    ]:  # fmt: skip
        expected = _target(places) + size * noise
        train = _images(places[:examples]), expected[:examples, None]
        test = _images(grid), _target(grid)[:, None]
        settings = {"examples": examples, "noise": size, "penalty": penalty, "draw": draw}
        # The experiment draws its weights itself: here it gets those that the explorable has.
        drawn = F.pad(weights[draw][:, :units], (0, 0, 0, IMAGE - PIXELS))
        with mock.patch.object(torch, "randn", return_value=drawn):
            found = [experiment.error(units, train, other, penalty, torch.Generator()) for other in (train, test)]
        yield "errorsOf", [stored, units, settings], found


def _target(x: Tensor) -> Tensor:
    return torch.sin(1.5 * math.pi * x)


def _images(x: Tensor) -> Tensor:
    """Return numbers as images: a bump as wide as a pixel, and no other pixels."""
    pixels = torch.linspace(-1, 1, PIXELS, dtype=torch.float64)
    width = 2 / (PIXELS - 1)
    return F.pad(torch.exp(-(((x[:, None] - pixels) / width) ** 2) / 2), (0, IMAGE - PIXELS))

"""The cost of an architecture: its FLOPs as a polynomial of its sizes.

Matrix products and convolutions make FLOPs that are polynomials, so their order of growth can be found exactly, and no
size has to be large. Sizes grow from those that the code has by default; the sides of a grid in steps that halving many
times leaves whole.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import torch

from kb.base import Base
from kb.complexity import shown
from kb.measuring import count_flops
from kb.schema import Architecture
from kb.verify.interpolating import POINTS, polynomial
from kb.verify.preparing import GRID, drawing_by, example_inputs, rounded, seeded

STEP = 32
"""Of the sides of a grid: the stride of usual networks for images, or a multiple of it."""


def measure_cost(base: Base, entry: Architecture) -> dict[str, Any]:
    """Count FLOPs at many sizes, and return the polynomial that they are."""
    module = entry.load()
    defaults = {name: p.default for name, p in inspect.signature(module).parameters.items()}
    arguments = defaults | entry.complexity.counted_at
    parameters = inspect.signature(module.example_inputs).parameters.values()
    inputs = {p.name: p.default for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY}
    scaled = entry.complexity.scaled
    grid = set(GRID) & entry.outer_axes  # without numbers of layers, which may have the letter of a length
    series = {name: _series(default, STEP if name in grid else 1) for name, default in inputs.items()}
    for name, places in scaled.items():
        value = _value(arguments, places)
        series[name] = _series(value, STEP if name in grid else value)  # its multiples stay divisible by others

    # Large maps take time; on the `meta` device they are but shapes, while small operations take longer there.
    device = "meta" if set(series) & grid else "cpu"

    def flops(sizes: Mapping[str, int]) -> int:
        chosen = dict(arguments)
        for name, places in scaled.items():
            for place in places:
                argument, *path = place.split(".")
                chosen[argument] = resized(chosen[argument], path, series[name][0], sizes[name])
        with drawing_by(0), torch.device(device):
            built = module(**chosen).eval()
        example = example_inputs(built, seeded(entry.id), **{name: sizes[name] for name in inputs})
        return count_flops(built, {name: value.to(device) for name, value in example.items()})

    found = polynomial(series, flops)
    named = ({(name, power) for name, power in zip(series, powers, strict=True) if power} for powers in found)
    return {
        "terms": {
            shown(frozenset(term)): rounded(float(factor), 6)
            for term, factor in zip(named, found.values(), strict=True)
        }
    }


def _series(first: int, step: int) -> list[int]:
    return [first + step * number for number in range(POINTS)]


def _value(arguments: Mapping[str, Any], places: list[str]) -> int:
    """What a size is by default: the argument that sets it, or 1 where it scales several numbers."""
    value = arguments[places[0].split(".")[0]]
    return value if len(places) == 1 and isinstance(value, int) else 1


def resized(value: Any, path: list[str], usual: int, size: int) -> Any:
    """Return an argument with the whole numbers at a place of it scaled as a size is."""
    if isinstance(value, list | tuple):
        first, rest = (path[0], path[1:]) if path else ("*", [])
        items = [
            resized(item, rest, usual, size) if first in ("*", str(index)) else item for index, item in enumerate(value)
        ]
        return type(value)(items)
    return value * size // usual if isinstance(value, int) and not isinstance(value, bool) else value

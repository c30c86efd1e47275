"""Probe of piecewise linearity: the input space falls into regions on each of which the function is affine.

Source: Montufar et al. 2014 (montufar2014linear); Pascanu, Montufar & Bengio 2013 (pascanu2013response).

Method: walk a short straight line through the space of all float inputs together, in small equal steps, and look at a
random projection of the outputs. Its second differences vanish except at the few steps that cross a border between
regions; the error is their median, relative to what a curve with the same slope and a curvature of one would show.
"""

import torch
from torch import Generator, Tensor, nn

from implementations.axes import Axes
from implementations.biases.acting import outputs_of

STEPS, STEP, LINES = 41, 1e-3, 3


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: Generator) -> float:
    """Return the median relative second difference, the largest over a few lines."""
    return max(_curvature(module, inputs, axes, generator) for _ in range(LINES))


def _curvature(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: Generator) -> float:
    floats = {name: value for name, value in inputs.items() if value.is_floating_point()}
    directions = {n: torch.randn(v.shape, generator=generator, dtype=v.dtype) for n, v in floats.items()}
    weights: dict[str, Tensor] = {}
    values = []
    for step in range(STEPS):
        moved = {name: floats[name] + step * STEP * directions[name] for name in floats}
        with torch.no_grad():
            outputs = outputs_of(module, {**inputs, **moved}, axes)
        for name, value in outputs.items():
            weights.setdefault(name, torch.randn(value.shape, generator=generator, dtype=value.dtype))
        values.append(sum((value * weights[name]).sum() for name, value in outputs.items()))
    slopes = torch.stack(values).diff()
    size = slopes.abs().max() * STEP
    return float(slopes.diff().abs().median() / size) if size else 0.0


def holds(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """A network of rectified linear units."""
    return _network(nn.ReLU(), generator)


def lacks(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """The same network with hyperbolic tangents."""
    return _network(nn.Tanh(), generator)


def _network(activation: nn.Module, generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = nn.Sequential(nn.Linear(4, 16), activation, nn.Linear(16, 16), activation, nn.Linear(16, 2)).double()
    axes = Axes(inputs={"input": ("B", "F")}, outputs={"y": ("B", "G")}, acting=("F",))
    return module, {"input": torch.randn(3, 4, generator=generator, dtype=torch.float64)}, axes

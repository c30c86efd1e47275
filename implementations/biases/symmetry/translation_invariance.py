"""Probe of translation invariance: a shifted input gives the same output.

Source: LeCun et al. 1998 (lecun1998gradient) for the aim; the lecture's L655.

Method: shift the input circularly by 1, 2 and 3 along each spatial axis and compare outputs, which have no such axis.
"""

import torch
from torch import Generator, Tensor, nn

from implementations.axes import Axes
from implementations.biases.acting import difference, indices_along, outputs_of

SHIFTS = (1, 2, 3)


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: Generator) -> float:
    """Return the largest relative change of the output."""
    before = outputs_of(module, inputs, axes)
    worst = 0.0
    for letter in axes.acting:
        size = next(v.shape[axes.inputs[n].index(letter)] for n, v in inputs.items() if letter in axes.inputs[n])
        for shift in SHIFTS:
            moved = indices_along(inputs, axes, letter, torch.arange(size).roll(shift))
            worst = max(worst, difference(before, outputs_of(module, moved, axes)))
    return worst


def holds(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """A circular convolution followed by the mean over all positions."""
    convolution = nn.Conv1d(2, 3, 3, padding=1, padding_mode="circular")
    module = nn.Sequential(convolution, nn.Tanh(), nn.AdaptiveAvgPool1d(1), nn.Flatten())
    return module.double(), *_signal(generator)


def lacks(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """A linear layer over the flattened signal."""
    return nn.Sequential(nn.Flatten(), nn.Linear(18, 3)).double(), *_signal(generator)


def _signal(generator: Generator) -> tuple[dict[str, Tensor], Axes]:
    axes = Axes(inputs={"input": ("B", "C", "L")}, outputs={"y": ("B", "D")}, acting=("L",))
    return {"input": torch.randn(2, 2, 9, generator=generator, dtype=torch.float64)}, axes

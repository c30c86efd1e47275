"""Probe of translation equivariance: a shifted input gives the same output, shifted.

Source: Cohen & Welling 2016 (cohen2016group) for the property; the lecture's L655 calls it invariance.

Method: shift the input circularly by 1, 2 and 3 along each spatial axis. The output must be the old one shifted by the
same amount; where the output's axis is strided, by the nearest whole number of its own steps below or above.
"""

import torch
from torch import Generator, Tensor, nn

from implementations.axes import Axes
from implementations.biases.acting import difference, indices_along, outputs_of

SHIFTS = (1, 2, 3)


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: Generator) -> float:
    """Return the largest relative difference between shifting before and shifting after."""
    before = outputs_of(module, inputs, axes)
    worst = 0.0
    for letter in axes.acting:
        for shift in SHIFTS:
            after = outputs_of(module, shifted(inputs, axes, letter, shift), axes)
            steps = shift / axes.strides.get(letter, 1)
            candidates = {int(steps), -int(-steps // 1)}
            worst = max(worst, min(difference(after, shifted(before, axes, letter, by)) for by in candidates))
    return worst


def shifted(tensors: dict[str, Tensor], axes: Axes, letter: str, by: int) -> dict[str, Tensor]:
    """Return the tensors rolled along the axes of a letter."""
    sizes = [
        value.shape[letters.index(letter)]
        for name, value in tensors.items()
        if letter in (letters := axes.inputs.get(name) or axes.outputs[name])
    ]
    return indices_along(tensors, axes, letter, torch.arange(sizes[0]).roll(by)) if sizes else tensors


def holds(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """A circular convolution."""
    return _convolution("circular", generator)


def lacks(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """The same convolution with zeros around the signal: the border is a landmark."""
    return _convolution("zeros", generator)


def _convolution(padding: str, generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = nn.Sequential(nn.Conv1d(2, 3, 3, padding=1, padding_mode=padding), nn.Tanh()).double()
    axes = Axes(inputs={"input": ("B", "C", "L")}, outputs={"y": ("B", "D", "L")}, acting=("L",))
    return module, {"input": torch.randn(2, 2, 9, generator=generator, dtype=torch.float64)}, axes

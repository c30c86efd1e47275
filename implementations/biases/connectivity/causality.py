"""Probe of causality: an output does not depend on later inputs.

Source: Vaswani et al. 2017, sec. 3.2.3 (vaswani2017attention), for the mask that enforces it.

Method: replace all inputs after a position by fresh random numbers; outputs up to that position must stay the same.
Whole outputs are compared, never sums of them: a normalisation can make a sum constant.
"""

import torch
from torch import Generator, Tensor, nn

from implementations.axes import Axes
from implementations.biases.acting import difference, outputs_of, replaced


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: Generator) -> float:
    """Return the largest relative change of outputs before the replaced inputs."""
    before = outputs_of(module, inputs, axes)
    worst = 0.0
    for letter in axes.acting:
        size = next(v.shape[axes.inputs[n].index(letter)] for n, v in inputs.items() if letter in axes.inputs[n])
        for position in range(size - 1):
            future = torch.arange(position + 1, size)
            after = outputs_of(module, replaced(inputs, axes, letter, future, generator), axes)
            past = torch.arange(position + 1)
            worst = max(worst, difference(_at(before, axes, letter, past), _at(after, axes, letter, past)))
    return worst


def _at(outputs: dict[str, Tensor], axes: Axes, letter: str, positions: Tensor) -> dict[str, Tensor]:
    """The outputs that have the axis, at some of its positions."""
    return {
        name: value.index_select(axes.outputs[name].index(letter), positions)
        for name, value in outputs.items()
        if letter in axes.outputs[name]
    }


class Window(nn.Module):
    """A convolution over a window that ends at a position, or that is centred on it."""

    def __init__(self, causal: bool) -> None:
        super().__init__()
        self.convolution, self.causal = nn.Conv1d(3, 4, 3), causal

    def forward(self, x: Tensor) -> Tensor:
        """Return one vector for every position."""
        padding = (2, 0) if self.causal else (1, 1)
        return torch.tanh(self.convolution(nn.functional.pad(x.transpose(1, 2), padding))).transpose(1, 2)


def holds(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """A window over the past."""
    return Window(causal=True).double(), *_sequence(generator)


def lacks(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """A window that sees one step ahead."""
    return Window(causal=False).double(), *_sequence(generator)


def _sequence(generator: Generator) -> tuple[dict[str, Tensor], Axes]:
    axes = Axes(inputs={"x": ("B", "T", "F")}, outputs={"y": ("B", "T", "G")}, acting=("T",))
    return {"x": torch.randn(2, 6, 3, generator=generator, dtype=torch.float64)}, axes

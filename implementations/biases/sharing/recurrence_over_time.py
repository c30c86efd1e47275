"""Probe of recurrence over time: a state of fixed size carries all that later steps need of the past.

Source: the lecture's h_t = f_h(x_t, h_{t-1}) (L769); Pascanu, Mikolov & Bengio 2013 (pascanu2013difficulty).

Method: cut the sequence in two, run the first part, hand its final state to the second, and compare with one pass over
the whole. The state is whatever the module returns under the name of one of its inputs; a module that returns none is
run on the second part with nothing carried over.
"""

import torch
from torch import Generator, Tensor, nn

from implementations.axes import Axes
from implementations.biases.acting import difference, outputs_of


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: Generator) -> float:
    """Return the largest relative difference between a run in two parts and one pass."""
    letter = axes.acting[0]
    sequences = [name for name in inputs if letter in axes.inputs[name]]
    size = inputs[sequences[0]].shape[axes.inputs[sequences[0]].index(letter)]
    whole = outputs_of(module, inputs, axes)
    worst = 0.0
    for cut in range(1, size):
        parts = []
        carried: dict[str, Tensor] = {}
        for positions in (torch.arange(cut), torch.arange(cut, size)):
            chunk = {n: inputs[n].index_select(axes.inputs[n].index(letter), positions) for n in sequences}
            parts.append(outputs_of(module, {**inputs, **chunk, **carried}, axes))
            carried = {name: parts[-1][name] for name in inputs if name in parts[-1]}
        worst = max(worst, difference(whole, _joined(parts, axes, letter)))
    return worst


def _joined(parts: list[dict[str, Tensor]], axes: Axes, letter: str) -> dict[str, Tensor]:
    """Outputs with the axis end to end, and the last part's others, such as its state."""
    joined = dict(parts[-1])
    for name, letters in axes.outputs.items():
        if letter in letters:
            joined[name] = torch.cat([part[name] for part in parts], letters.index(letter))
    return joined


class Average(nn.Module):
    """A leaky average of the past, with its state returned; or the mean over the whole sequence."""

    def __init__(self, recurrent: bool) -> None:
        super().__init__()
        self.linear, self.recurrent = nn.Linear(3, 3), recurrent

    def forward(self, x: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        """Return one vector for every step, and the last state."""
        values = self.linear(x)
        if not self.recurrent:
            return torch.tanh(values - values.mean(1, keepdim=True)), h
        states = []
        for value in values.unbind(1):
            h = torch.tanh(0.5 * h + value)
            states.append(h)
        return torch.stack(states, 1), h


def holds(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """A recurrent network that returns its state."""
    return Average(recurrent=True).double(), *_sequence(generator)


def lacks(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """A layer that looks at the whole sequence at once."""
    return Average(recurrent=False).double(), *_sequence(generator)


def _sequence(generator: Generator) -> tuple[dict[str, Tensor], Axes]:
    axes = Axes(
        inputs={"x": ("B", "T", "F"), "h": ("B", "U")}, outputs={"y": ("B", "T", "U"), "h": ("B", "U")}, acting=("T",)
    )
    shapes = {"x": (2, 6, 3), "h": (2, 3)}
    return {name: torch.randn(s, generator=generator, dtype=torch.float64) for name, s in shapes.items()}, axes

"""Probe for recurrence over time: later outputs depend on the past through a state of fixed size only.

Definition: there is a state, of a size that does not depend on the length, such that cutting the sequence at any
position, and running the second piece from the last state of the first, gives the same outputs as one run. The state
consists of all tensors without the sequence axis that `forward` both takes and returns by the same name. A module
without a state is run piece by piece with nothing carried over. It has the bias only if each output depends on its own
input alone.

Source: the lecture, S19; Elman 1990 (elman1990finding).
"""

import inspect
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from implementations.biases.comparing import relative_error, run
from implementations.biases.reordering import piece, size_of
from implementations.biases.resizing import REFUSALS
from implementations.biases.situations import worst
from kb.probes import Axes, Error


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest relative difference between one run and two, over all cuts; 1 if a piece is refused.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """
    return worst(lambda given: _error(module, given, axes), module, inputs, axes, generator)


def _error(module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes) -> Error:
    """Return the error over all cuts of some inputs."""
    whole = run(module, inputs, axes)
    return max(
        _error_of_cut(letter, place, module, inputs, whole, axes)
        for letter in axes.acting
        for place in range(1, size_of(letter, inputs, axes.inputs))
    )


def _error_of_cut(
    letter: str, place: int, module: nn.Module, inputs: Mapping[str, Tensor], whole: Mapping[str, Tensor], axes: Axes
) -> Error:
    taken = inspect.signature(module.forward).parameters
    carried = [name for name, letters in axes.outputs.items() if name in taken and letter not in letters]
    try:
        first = run(module, piece(inputs, axes, letter, 0, place), axes)
        state = {name: first[name] for name in carried}
        second = run(module, piece(inputs, axes, letter, place, None) | state, axes)
    except REFUSALS:
        return Error(1.0, axis=letter, cut=place)
    if any(first[name].shape != second[name].shape for name in carried):
        return Error(1.0, axis=letter, cut=place)  # what is carried over grows: it is a record of the past, not a state
    joined = {
        name: torch.cat([first[name], second[name]], letters.index(letter)) if letter in letters else second[name]
        for name, letters in axes.outputs.items()
    }
    return relative_error(joined, whole).at(axis=letter, cut=place)


class Accumulator(nn.Module):
    """A decaying sum of the inputs so far; unless `stateful`, it cannot continue from a given state."""

    def __init__(self, stateful: bool) -> None:
        super().__init__()
        self.stateful = stateful

    def forward(self, x: Tensor, h: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Map `[B, T, F]` and a state `[B, F]` to all states and the last."""
        h = torch.zeros_like(x[:, 0]) if h is None or not self.stateful else h
        states = []
        for step in x.unbind(1):
            h = torch.tanh(0.5 * h + step)
            states.append(h)
        return torch.stack(states, 1), h


def _case(stateful: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(2, 6, 3, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "T", "F")}, outputs={"y": ("B", "T", "F"), "h": ("B", "F")}, acting=("T",))
    return Accumulator(stateful), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return an accumulator that continues from a given state."""
    return _case(True, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return one that starts from zero every time."""
    return _case(False, generator)

"""Probe of permutation invariance: reordering the elements changes nothing.

Source: Zaheer et al. 2017 (zaheer2017deep).

Method: draw random permutations of every acting axis and compare outputs, which have no such axis.
"""

import torch
from torch import Generator, Tensor, nn

from implementations.axes import Axes
from implementations.biases.acting import difference, indices_along, outputs_of

DRAWS = 3


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: Generator) -> float:
    """Return the largest relative change of the output."""
    before = outputs_of(module, inputs, axes)
    worst = 0.0
    for letter in axes.acting:
        size = next(v.shape[axes.inputs[n].index(letter)] for n, v in inputs.items() if letter in axes.inputs[n])
        for _ in range(DRAWS):
            order = torch.randperm(size, generator=generator)
            worst = max(worst, difference(before, outputs_of(module, indices_along(inputs, axes, letter, order), axes)))
    return worst


class Reduce(nn.Module):
    """A function of every element, reduced over the elements with the given weights."""

    def __init__(self, weights: Tensor) -> None:
        super().__init__()
        self.linear, self.weights = nn.Linear(3, 4), weights

    def forward(self, x: Tensor) -> Tensor:
        """Return one vector for the whole set."""
        return torch.einsum("btg,t->bg", torch.tanh(self.linear(x)), self.weights)


def holds(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """A sum over elements."""
    return Reduce(torch.ones(6, dtype=torch.float64)).double(), *_sequence(generator)


def lacks(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """A sum in which later elements count for more."""
    return Reduce(torch.arange(6, dtype=torch.float64)).double(), *_sequence(generator)


def _sequence(generator: Generator) -> tuple[dict[str, Tensor], Axes]:
    axes = Axes(inputs={"x": ("B", "T", "F")}, outputs={"y": ("B", "G")}, acting=("T",))
    return {"x": torch.randn(2, 6, 3, generator=generator, dtype=torch.float64)}, axes

"""Probe of permutation equivariance: reordering the elements reorders the outputs in the same way.

Source: Zaheer et al. 2017 (zaheer2017deep).

Method: draw random permutations of every acting axis; edges that point into the axis are relabelled along with it.
"""

import torch
from torch import Generator, Tensor, nn

from implementations.axes import Axes
from implementations.biases.acting import difference, indices_along, outputs_of

DRAWS = 3


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: Generator) -> float:
    """Return the largest relative difference between reordering before and reordering after."""
    before = outputs_of(module, inputs, axes)
    worst = 0.0
    for letter in axes.acting:
        size = next(v.shape[axes.inputs[n].index(letter)] for n, v in inputs.items() if letter in axes.inputs[n])
        for _ in range(DRAWS):
            order = torch.randperm(size, generator=generator)
            after = outputs_of(module, indices_along(inputs, axes, letter, order), axes)
            worst = max(worst, difference(after, indices_along(before, axes, letter, order)))
    return worst


class MeanField(nn.Module):
    """Every element becomes a function of itself and of the mean of all, with an optional code of its position."""

    def __init__(self, coded: bool) -> None:
        super().__init__()
        self.own, self.mean, self.coded = nn.Linear(3, 4), nn.Linear(3, 4), coded

    def forward(self, x: Tensor) -> Tensor:
        """Return one vector for every element."""
        if self.coded:
            x = x + torch.arange(x.shape[1], dtype=x.dtype)[:, None]
        return torch.tanh(self.own(x) + self.mean(x.mean(1, keepdim=True)))


def holds(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """A layer for sets."""
    return MeanField(coded=False).double(), *_sequence(generator)


def lacks(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """The same layer when every element is told its position."""
    return MeanField(coded=True).double(), *_sequence(generator)


def _sequence(generator: Generator) -> tuple[dict[str, Tensor], Axes]:
    axes = Axes(inputs={"x": ("B", "T", "F")}, outputs={"y": ("B", "T", "G")}, acting=("T",))
    return {"x": torch.randn(2, 6, 3, generator=generator, dtype=torch.float64)}, axes

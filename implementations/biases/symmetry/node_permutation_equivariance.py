"""Probe of node-permutation equivariance: numbering the nodes anew numbers the outputs anew and changes nothing else.

Source: Battaglia et al. 2018 (battaglia2018relational).

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


class Neighbours(nn.Module):
    """Every node adds its neighbours' features to its own; `named` adds a code of the node's number."""

    def __init__(self, named: bool) -> None:
        super().__init__()
        self.linear, self.named = nn.Linear(3, 4), named

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        """Return one vector for every node."""
        values = self.linear(x)
        if self.named:
            values = values + torch.arange(len(x), dtype=x.dtype)[:, None]
        return torch.tanh(values.index_add(0, edge_index[1], values[edge_index[0]]))


def holds(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """A sum over neighbours."""
    return Neighbours(named=False).double(), *_graph(generator)


def lacks(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """The same sum when nodes know their numbers."""
    return Neighbours(named=True).double(), *_graph(generator)


def _graph(generator: Generator) -> tuple[dict[str, Tensor], Axes]:
    axes = Axes(
        inputs={"x": ("N", "F"), "edge_index": ("", "E")},
        outputs={"y": ("N", "G")},
        acting=("N",),
        indexes={"edge_index": "N"},
    )
    edges = torch.randint(0, 6, (2, 9), generator=generator)
    return {"x": torch.randn(7, 3, generator=generator, dtype=torch.float64), "edge_index": edges}, axes

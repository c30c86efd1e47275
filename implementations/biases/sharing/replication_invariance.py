"""Probe for replication invariance: only the shares of the elements matter, not how often all are repeated.

Definition: f(x o pi) = f(x) o pi for every map pi from {1, ..., k n} onto {1, ..., n} that takes each value k times:
every element occurs k times, in any order, and each copy gets the output of its original; an output without the axis is
unchanged. A graph is expanded: every node becomes k nodes, and copies are joined where their originals are, so that an
edge becomes k^2 edges, with the same features. k = 1, which is a permutation, 2 and 3 are tried along each axis
separately. A module that refuses the size lacks the bias.

Source: Levin et al. 2025 (levin2025transferring) for sets and graphs that are the same up to duplication; Xu et al.
2019 (xu2018how) for means, which have the bias, and sums, which lack it.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from implementations.biases.comparing import relative_error, run
from implementations.biases.reordering import reorder, size_of
from implementations.biases.resizing import REFUSALS
from implementations.biases.situations import worst
from kb.probes import Axes, Error

TIMES = (1, 2, 3)


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest relative error over the axes and the numbers of copies.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """
    return worst(lambda given: _error(module, given, axes, generator), module, inputs, axes, generator)


def _error(module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, generator: torch.Generator) -> Error:
    """Return the error for some inputs."""
    before = run(module, inputs, axes)
    errors = []
    for letter in axes.acting:
        for times in TIMES:
            copies, orders = replicated(inputs, axes, letter, times, generator)
            try:
                after = run(module, copies, axes)
            except REFUSALS:
                return Error(1.0, axis=letter, copies=times)
            errors.append(relative_error(after, reorder(before, axes.outputs, orders)).at(axis=letter, copies=times))
    return max(errors)


def replicated(
    inputs: Mapping[str, Tensor], axes: Axes, letter: str, times: int, generator: torch.Generator
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Return inputs in which every element along `letter` occurs `times` times, and the original of every copy.

    Integers that point at the elements, such as edges, are repeated for every combination of copies.

    Example:
        >>> axes = Axes(inputs={"edges": ("", "E")}, outputs={}, acting=("N",), indexes={"edges": "N"})
        >>> graph = {"edges": torch.tensor([[0], [1]]), "x": torch.zeros(2, 1)}
        >>> axes = Axes(inputs={**axes.inputs, "x": ("N", "F")}, outputs={}, acting=("N",), indexes=axes.indexes)
        >>> replicated(graph, axes, "N", 2, torch.Generator())[0]["edges"].shape
        torch.Size([2, 4])
    """
    size = size_of(letter, inputs, axes.inputs)
    originals = torch.randperm(times * size, generator=generator) % size
    copies = originals.argsort(stable=True).view(size, times)  # the copies of every original
    orders = {letter: originals}
    pointers = {}
    for name in (name for name, target in axes.indexes.items() if target == letter):
        ends, count = inputs[name].shape  # [ends of an edge, edges]
        choices = torch.cartesian_prod(*[torch.arange(times)] * ends).view(-1, ends).T  # [ends, choices of copies]
        pointers[name] = copies[inputs[name][:, None, :], choices[:, :, None]].flatten(1)  # [ends, choices * edges]
        orders[axes.inputs[name][1]] = torch.arange(count).repeat(choices.shape[1])
    others = {name: x for name, x in inputs.items() if name not in pointers}
    return {**reorder(others, axes.inputs, orders), **pointers}, orders


class Aggregation(nn.Module):
    """Mean, or sum where `total`, of the messages to each node of a graph."""

    def __init__(self, generator: torch.Generator, total: bool) -> None:
        super().__init__()
        self.total = total
        self.weight = nn.Parameter(torch.randn(3, 2, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        """Map node features `[N, F]` and edges `[2, E]` to `[N, G]`."""
        source, target = edge_index
        messages = torch.tanh(x @ self.weight)
        sums = torch.zeros_like(messages).index_add(0, target, messages[source])
        return sums if self.total else sums / target.bincount(minlength=len(x)).clamp(min=1)[:, None]


def _case(total: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(5, 3, generator=generator, dtype=torch.float64)
    edges = torch.tensor([[0, 1, 2, 3, 2, 0, 1], [1, 3, 3, 0, 0, 3, 0]])  # node 4 is isolated
    axes = Axes(
        inputs={"x": ("N", "F"), "edge_index": ("", "E")},
        outputs={"y": ("N", "G")},
        acting=("N",),
        indexes={"edge_index": "N"},
    )
    return Aggregation(generator, total), {"x": x, "edge_index": edges}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return the mean of messages."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return the sum of messages."""
    return _case(True, generator)

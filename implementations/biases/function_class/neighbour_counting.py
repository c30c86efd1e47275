"""Probe for neighbour counting: with some weights, the number of neighbours shows although all nodes are equal.

Definition: in a regular graph of degree d all nodes have d neighbours. G_d is such a graph whose nodes have equal
features, and so have its edges. The bias holds if for some weights the outputs for G_d and G_d' differ, for some d and
d'. Means, maxima and softmax attention over equal neighbours give the same however many there are. Rings of eight
nodes are compared in which every node is joined to the nearest one, two or three on either side, so that degrees are 2,
4 and 6. The weights are those that are drawn. The error is 0 or 1, and outputs differ above 1e-6 of their size.

Source: Xu et al. 2019 (xu2018how), which compares sums with means and maxima of equal features.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from implementations.biases.comparing import relative_error, run
from implementations.biases.graphs import lists_of_nodes
from implementations.biases.resizing import resized, sizes_taken
from implementations.biases.sharing.replication_invariance import Aggregation
from kb.probes import Axes, Error

NODES = 8
REACHES = (1, 2, 3)  # to how many nodes on either side a node is joined
LEAST = 1e-6


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return 0 if the outputs for two regular graphs of equal nodes differ, else 1; NaN where there are no edges.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    (letter,) = axes.acting
    if letter not in sizes_taken(module) or letter not in axes.indexes.values():
        return float("nan")
    example = resized(module, axes, {letter: NODES}, generator)
    lists = lists_of_nodes(axes, letter)
    first, *others = (
        _at_first(run(module, regular(example, axes, letter, reach), axes), axes, {letter, *lists}) for reach in REACHES
    )
    for reach, other in zip(REACHES[1:], others, strict=True):
        if relative_error(other, first) > LEAST:
            return Error(0.0, degrees=f"{2 * REACHES[0]}, {2 * reach}")
    return Error(1.0)


def regular(example: Mapping[str, Tensor], axes: Axes, letter: str, reach: int) -> dict[str, Tensor]:
    """Return a ring of equal nodes, each joined by equal edges to its nearest neighbours.

    Args:
        example: Inputs for `NODES` nodes.
        axes: Their axes.
        letter: The axis of the nodes.
        reach: To how many nodes on either side each is joined.

    Example:
        >>> axes = Axes(inputs={"edges": ("", "E")}, outputs={}, acting=("N",), indexes={"edges": "N"})
        >>> regular({"edges": torch.zeros(2, 1, dtype=torch.long)}, axes, "N", 2)["edges"].shape
        torch.Size([2, 32])
    """
    here = torch.arange(NODES).repeat(reach)
    away = (here + torch.arange(1, reach + 1).repeat_interleave(NODES)) % NODES
    edges = torch.stack([torch.cat([here, away]), torch.cat([away, here])])
    counts = {letter: NODES, **dict.fromkeys(lists_of_nodes(axes, letter), edges.shape[1])}
    inputs = {}
    for name, value in example.items():
        for dim, item in enumerate(axes.inputs[name]):
            value = value.index_select(dim, torch.zeros(counts[item], dtype=torch.long)) if item in counts else value
        inputs[name] = edges if axes.indexes.get(name) == letter else value
    return inputs


def _at_first(outputs: Mapping[str, Tensor], axes: Axes, along: set[str]) -> dict[str, Tensor]:
    """Return what outputs are at the first node and edge: all are equal, and lists of edges differ in length."""
    found = {}
    for name, value in outputs.items():
        for dim, item in enumerate(axes.outputs[name]):
            value = value.narrow(dim, 0, 1) if item in along else value
        found[name] = value
    return found


class Graphs(Aggregation):
    """The sum or the mean of messages on graphs of any size."""

    def example_inputs(self, generator: torch.Generator, *, N: int = 5, E: int = 6) -> dict[str, Tensor]:
        """Return a random graph."""
        x = torch.randn(N, 3, generator=generator, dtype=torch.float64)
        return {"x": x, "edge_index": torch.randint(0, N, (2, E), generator=generator)}


def _case(total: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Graphs(generator, total)
    axes = Axes(
        inputs={"x": ("N", "F"), "edge_index": ("", "E")},
        outputs={"y": ("N", "G")},
        acting=("N",),
        indexes={"edge_index": "N"},
    )
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return the sum of messages."""
    return _case(True, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return the mean of messages."""
    return _case(False, generator)

"""Probe for the Weisfeiler-Leman bound: graphs that colour refinement does not distinguish get the same outputs.

Definition: colour refinement (1-WL) repeatedly replaces the colour of every node by its colour and the multiset of the
colours around it. If two graphs end with the same colours equally often, the bias asks that the outputs at their nodes
and edges are equal too, up to order, and so are outputs of the whole graph. Pairs of such graphs are made as double
covers: every node and edge of a small graph occurs twice, with the same features. Either the two copies stay apart, or
they are crossed at one edge, which joins them. From a triangle this makes two triangles and a hexagon; from a pentagon
whose first node has a link to its own copy, bicyclopentyl and decalin. Features are random, so that colours are, too.

Source: Xu et al. 2019, Lemma 2 (xu2018how); Morris et al. 2019 (morris2019weisfeiler).
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from implementations.biases.comparing import relative_error, run
from implementations.biases.graphs import lists_of_nodes
from implementations.biases.resizing import resized, sizes_taken
from kb.probes import Axes

# The number of nodes of the cycle, and whether a link joins its two copies.
CYCLES = {
    "two triangles, hexagon": (3, False),
    "two squares, octagon": (4, False),
    "bicyclopentyl, decalin": (5, True),
}


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest relative difference between the outputs for two such graphs; NaN where there are no edges.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """
    (letter,) = axes.acting
    if letter not in sizes_taken(module) or letter not in axes.indexes.values():
        return float("nan")
    errors = []
    for graphs, (size, linked) in CYCLES.items():
        example = resized(module, axes, {letter: size}, generator)
        apart, crossed = (
            _multisets(run(module, _cover(example, axes, letter, size, linked, crossed), axes), axes, letter, size)
            for crossed in (False, True)
        )
        errors.append(relative_error(crossed, apart).at(graphs=graphs))
    return max(errors)


def _cover(
    example: Mapping[str, Tensor], axes: Axes, letter: str, size: int, linked: bool, crossed: bool
) -> dict[str, Tensor]:
    """Return two copies of a cycle with the features of the example, each twice.

    Args:
        example: Inputs for a ring of `size` nodes.
        axes: Their axes.
        letter: The axis of the nodes.
        size: Number of nodes of the cycle.
        linked: Whether an edge joins the two copies of the first node.
        crossed: Whether the last edge of the cycle leads from each copy to the other.
    """
    here = torch.arange(size)
    copies = torch.cat([here, here])
    away = size * ((here == size - 1) & crossed)  # what leads to the other copy
    source = torch.cat([here, here + size])
    target = torch.cat([(here + 1) % size + away, (here + 1) % size + size - away])
    if linked:
        source, target = torch.cat([source, torch.tensor([0])]), torch.cat([target, torch.tensor([size])])
    kinds = torch.cat([copies, torch.full([len(source) - len(copies)], size)])  # copies of an edge have the same
    inputs = dict(example)
    for name, value in example.items():
        letters = axes.inputs[name]
        if axes.indexes.get(name) == letter:
            inputs[name] = torch.stack([torch.cat([source, target]), torch.cat([target, source])])
            continue
        listed = [other for other in letters if other in lists_of_nodes(axes, letter)]
        if letter in letters:
            inputs[name] = value.index_select(letters.index(letter), copies)
        elif listed:
            inputs[name] = value.index_select(letters.index(listed[0]), torch.cat([kinds, kinds]))
    return inputs


def _multisets(outputs: Mapping[str, Tensor], axes: Axes, letter: str, size: int) -> dict[str, Tensor]:
    """Return outputs with their entries sorted along nodes and edges; others stay as they are."""
    sorted_ = {}
    for name, value in outputs.items():
        along = [dim for dim, item in enumerate(axes.outputs[name]) if item in {letter, *lists_of_nodes(axes, letter)}]
        sorted_[name] = value.sort(along[0]).values if along else value
    return sorted_


class Messages(nn.Module):
    """Rounds of message passing; or the same after every node has counted the triangles through it."""

    def __init__(self, generator: torch.Generator, counts: bool) -> None:
        super().__init__()
        self.counts = counts
        self.weight = nn.Parameter(torch.randn(2, 3, 3, generator=generator, dtype=torch.float64) / 2)

    def forward(self, x: Tensor, edges: Tensor) -> Tensor:
        """Map `[N, F]` and `[2, E]` to `[N, F]`."""
        adjacency = torch.zeros(len(x), len(x), dtype=x.dtype).index_put((edges[1], edges[0]), torch.ones_like(x[0, 0]))
        if self.counts:
            x = x + torch.linalg.matrix_power(adjacency, 3).diagonal()[:, None]
        for _ in range(4):
            x = torch.tanh(x @ self.weight[0] + adjacency @ x @ self.weight[1])
        return x

    def example_inputs(self, generator: torch.Generator, *, N: int = 5, E: int = 6) -> dict[str, Tensor]:
        """Return a random graph."""
        x = torch.randn(N, 3, generator=generator, dtype=torch.float64)
        return {"x": x, "edges": torch.randint(0, N, (2, E), generator=generator)}


def _case(counts: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Messages(generator, counts)
    axes = Axes(
        inputs={"x": ("N", "F"), "edges": ("", "E")},
        outputs={"y": ("N", "F")},
        acting=("N",),
        indexes={"edges": "N"},
    )
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return message passing."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return message passing with numbers of triangles, which differ between a hexagon and two triangles."""
    return _case(True, generator)

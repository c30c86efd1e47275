"""Probe for anisotropic aggregation: neighbours are weighted by their content, not only by the graph.

Definition: let nodes j and k be twins, with the same edges, and let D = df_i/dx_j - df_i/dx_k be the difference of
their influence on a node i. The bias holds if D changes, for some input, when j and k exchange their contents.
Aggregation with weights from the graph gives twins the same influence for all contents: D = 0. Node i is the farthest
that depends on the twins, because a nearer one also gets, in a later layer, a non-linear function of the twins' own
contents. Twins sit at the end of a path of nodes; edges have equal features. The error is 0 or 1.

Source: Velickovic et al. 2018, eq. 1-4 (velickovic2017graph); Dwivedi et al. 2020 (dwivedi2020benchmarking) for the
term.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from implementations.biases.influence import at_position, gradients, with_gradients
from implementations.biases.reordering import reorder, swap
from implementations.biases.resizing import resized
from kb.probes import Axes

NODES = 10
DRAWS = 8  # number of draws: a rectified linear unit may block the path in some
CHANGE = 1e-6  # relative: far above rounding, far below any difference in weights that matters


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return 0 if exchanging the contents of twins changes which of them has more influence, else 1.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    graphs = [_with_twins(module, axes, generator) for _ in range(DRAWS)]
    farthest = max(_reach(module, graph, axes, generator) for graph in graphs)
    changes = [_change(module, graph, axes, farthest, generator) for graph in graphs]
    return 0.0 if max(changes) > CHANGE else 1.0


def _with_twins(module: nn.Module, axes: Axes, generator: torch.Generator) -> dict[str, Tensor]:
    """Return a graph in which nodes 0 and 1 are joined to node 2, the first of a path; edges have equal features."""
    (letter,) = axes.acting
    inputs = resized(module, axes, {letter: NODES}, generator)
    ends = torch.stack([torch.tensor([0, *range(1, NODES - 1)]), torch.tensor([2, *range(2, NODES)])])
    for name, target in axes.indexes.items():
        if target == letter:
            inputs[name] = torch.cat([ends, ends.flip(0)], 1)
            edge = axes.inputs[name][1]
            for other, letters in axes.inputs.items():
                if other != name and edge in letters:
                    dim = letters.index(edge)
                    inputs[other] = inputs[other].narrow(dim, 0, 1).repeat_interleave(2 * (NODES - 1), dim)
    return inputs


def _pull(module: nn.Module, graph: Mapping[str, Tensor], axes: Axes, node: int, seed: int) -> Tensor:
    """Return the derivatives `[2, features]` of a projection of one node's outputs by the contents of the twins."""
    (letter,) = axes.acting
    contents = with_gradients(graph, axes)
    outputs = axes.named_outputs(module(**{**graph, **contents}))
    projection = torch.Generator().manual_seed(seed)
    found = gradients(at_position(outputs, axes, letter, node), list(contents.values()), projection)
    rows = zip(contents, found, strict=True)
    return torch.cat(
        [gradient.movedim(axes.inputs[name].index(letter), 0)[:2].flatten(1) for name, gradient in rows], 1
    )


def _reach(module: nn.Module, graph: Mapping[str, Tensor], axes: Axes, generator: torch.Generator) -> int:
    """Return the node farthest along the path that depends on the twins."""
    seed = _seed(generator)
    return max((node for node in range(2, NODES) if _pull(module, graph, axes, node, seed).any()), default=2)


def _change(module: nn.Module, graph: Mapping[str, Tensor], axes: Axes, node: int, generator: torch.Generator) -> float:
    """Return by how much D changes when the twins exchange contents, relative to the size of their influence."""
    seed = _seed(generator)
    before = _pull(module, graph, axes, node, seed)
    exchanged = dict(graph)
    exchanged |= reorder(with_gradients(graph, axes), axes.inputs, {axes.acting[0]: swap(NODES)})
    after = _pull(module, exchanged, axes, node, seed)
    size = before.abs().max().clamp_min(torch.finfo(torch.float64).tiny)
    return ((before[0] - before[1] - after[0] + after[1]).abs().max() / size).item()


def _seed(generator: torch.Generator) -> int:
    return int(torch.randint(2**31, (1,), generator=generator))


class Averaging(nn.Module):
    """Two steps of averaging over neighbours, weighted by their contents, or all equally."""

    def __init__(self, generator: torch.Generator, by_content: bool) -> None:
        super().__init__()
        self.by_content = by_content
        self.weights = nn.ParameterList(torch.randn(3, 3, generator=generator, dtype=torch.float64) for _ in range(2))

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        """Map node features `[N, F]` and edges `[2, E]` to `[N, F]`."""
        source, target = edge_index
        for weight in self.weights:
            loudness = x.sum(1, keepdim=True).sigmoid() if self.by_content else torch.ones_like(x[:, :1])
            total = torch.ones_like(loudness).index_add(0, target, loudness[source])
            x = torch.tanh((x + torch.zeros_like(x).index_add(0, target, (loudness * x)[source])) / total @ weight)
        return x

    def example_inputs(self, generator: torch.Generator, *, N: int = 5, E: int = 8) -> dict[str, Tensor]:
        """Return random features and edges."""
        x = torch.randn(N, 3, generator=generator, dtype=torch.float64)
        return {"x": x, "edge_index": torch.randint(0, N, (2, E), generator=generator)}


def _case(by_content: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Averaging(generator, by_content)
    axes = Axes(
        inputs={"x": ("N", "F"), "edge_index": ("", "E")},
        outputs={"y": ("N", "F")},
        acting=("N",),
        indexes={"edge_index": "N"},
    )
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a mean in which every node is weighted by its content."""
    return _case(True, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a plain mean, with a non-linearity between its two steps."""
    return _case(False, generator)

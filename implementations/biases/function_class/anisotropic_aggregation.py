"""Probe for anisotropic aggregation: neighbours are weighted by their content, not only by the graph.

Definition: strip the network of the units of nodes: every function of one number of one node becomes the identity,
every normalisation is left out, and a maximum over neighbours becomes a fixed weighted sum. Units of edges, which see
both ends, stay. Let nodes j and k be twins, with the same edges. If the weights of neighbours come from the graph
alone, a node i sees no more of them than the sum of their contents, so that f_i does not change when j gets d more and
k gets d less. The bias holds if it changes for some contents. Node i is the farthest that depends on the twins, because
a nearer one also gets, in a later layer, what gates made of the twins' own contents. Twins sit at the end of a path of
nodes; edges have equal features. The error is 0 or 1.

Source: Velickovic et al. 2018, eq. 1-4 (velickovic2017graph); Dwivedi et al. 2020 (dwivedi2020benchmarking) for the
term.
"""

from contextlib import suppress

import torch
from torch import Tensor, nn

from implementations.biases.features import features, scaled
from implementations.biases.influence import at_position
from implementations.biases.interacting import stripped
from implementations.biases.resizing import resized, sizes_taken
from kb.probes import Axes, Error

NODES = 10
SCALES = (0.1, 1.0, 10.0)  # of the contents: where little is squashed large ones overflow, and small ones do not bend
NOTICED = 1e-9  # a change of an output relative to its size: far above rounding
CHANGE = 1e-6  # of one change relative to another: far above rounding, far below any difference in weights that matters


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return 0 if it matters which of two twins contains what, 1 if only the sum does; NaN for a fixed number of nodes.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    if not sizes_taken(module).issuperset(axes.acting):
        return float("nan")
    found = []
    for scale in SCALES:
        with suppress(FloatingPointError):
            found.append(_shift(module, axes, scale, generator))
    if not found:
        raise FloatingPointError(f"outputs of {type(module).__name__} are not finite without its units")
    largest = max(found)
    return 0.0 if largest > CHANGE else Error(1.0, **largest.place)


def _shift(module: nn.Module, axes: Axes, scale: float, generator: torch.Generator) -> Error:
    """Return how far the farthest node changes when content goes from twin to twin, relative to its influence."""
    (letter,) = axes.acting
    graph = scaled(_with_twins(module, axes, generator), axes, scale)
    extra = {
        name: scale * torch.randn(value.narrow(axes.inputs[name].index(letter), 0, 1).shape, generator=generator)
        for name, value in features(graph, axes).items()
    }

    def nodes(first: float, second: float) -> list[Tensor]:
        """Return the outputs of every node when the twins get these multiples of the extra content."""
        given = dict(graph)
        for name, content in extra.items():
            dim = axes.inputs[name].index(letter)
            rest = torch.zeros_like(graph[name].narrow(dim, 2, NODES - 2))
            given[name] = graph[name] + torch.cat([first * content, second * content, rest], dim)
        outputs = stripped(module, given, axes, list(extra), between=True)
        places = [at_position(outputs, axes, letter, node) for node in range(NODES)]
        return [torch.cat([value.flatten() for value in place]) for place in places]

    before, more, shifted = nodes(0.0, 0.0), nodes(1.0, 0.0), nodes(1.0, -1.0)
    influence = [(new - old).abs().max().item() for new, old in zip(more, before, strict=True)]
    size = max(value.abs().max().item() for value in before)
    farthest = max((node for node in range(2, NODES) if influence[node] > NOTICED * size), default=0)
    change = (shifted[farthest] - before[farthest]).abs().max().item() if farthest else 0.0
    return Error(change / influence[farthest] if farthest else 0.0, axis=letter, twins=[0, 1], node=farthest)


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

"""Probe for constant sequential depth: the longest chain of dependent operations does not grow with the size.

Definition: let d(n) be the length of the longest path through the graph of operations of one run on n positions or
nodes. The bias holds if d(n) stays bounded. The operations are those that autograd records. An operation of the library
counts once, although it may take several rounds inside, as a sum over n numbers does. The axis is doubled, with the
same contents repeated, so that a solver takes as many steps as before. The error is the share of the depth that is
added.

Source: Vaswani et al. 2017, Table 1 (vaswani2017attention), where it is the number of sequential operations.
"""

import torch
from torch import Tensor, nn
from torch.autograd.graph import Node

from implementations.biases.reordering import size_of
from implementations.biases.resizing import repeated, resized, sizes_taken
from implementations.biases.tracing import operations, sources, traced
from kb.probes import Axes, Error

STEP = 32  # the stride of usual networks for images, or a multiple of it


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the share of the depth that doubling an axis adds; NaN (undecided) where all sizes are fixed.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    errors = []
    for letter in axes.acting:
        if letter in sizes_taken(module):
            size = STEP * -(-size_of(letter, inputs, axes.inputs) // STEP)
            first = resized(module, axes, {letter: size}, generator)
            twice = repeated(module, first, axes, {letter: 2 * size}, generator)
            small, large = (depth(module, given) for given in (first, twice))
            errors.append(Error(max(0, large - small) / max(large, 1), axis=letter, depth=small, depth_of_double=large))
    return max(errors, default=float("nan"))


def depth(module: nn.Module, inputs: dict[str, Tensor]) -> int:
    """Return the length of the longest path through the operations of one run.

    Example:
        >>> depth(nn.Sequential(nn.ReLU(), nn.Tanh()), {"input": torch.zeros(2)})
        2
    """
    outputs, _ = traced(module, inputs)
    lengths: dict[Node, int] = {}
    for node in operations(outputs):
        below = [lengths[source] for source in sources(node)]
        lengths[node] = 1 + max(below) if below else 0
    return max(lengths.values(), default=0)


class Sums(nn.Module):
    """Sums over all earlier positions, from a triangle of weights at once or one step after the other."""

    def __init__(self, one_by_one: bool) -> None:
        super().__init__()
        self.one_by_one = one_by_one

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, T, F]` to `[B, T, F]`."""
        if not self.one_by_one:
            return torch.ones(x.shape[1], x.shape[1], dtype=x.dtype).tril() @ x
        sums = [x[:, 0]]
        for step in x.unbind(1)[1:]:
            sums.append(sums[-1] + step)
        return torch.stack(sums, 1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 6) -> dict[str, Tensor]:
        """Return random sequences."""
        return {"x": torch.randn(B, T, 3, generator=generator, dtype=torch.float64)}


def _case(one_by_one: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Sums(one_by_one)
    axes = Axes(inputs={"x": ("B", "T", "F")}, outputs={"y": ("B", "T", "F")}, acting=("T",))
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return sums that are computed by one product."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return the same sums, computed by a recurrence."""
    return _case(True, generator)

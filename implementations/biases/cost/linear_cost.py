"""Probe for linear cost: the work grows in proportion to the size of the input.

Definition: let c(n) be the work of one run on n positions or nodes: the floating-point operations of matrix products
and convolutions, plus the number of entries of all tensors that are computed. The bias holds if c(n) / n stays bounded.
An axis grows in equal steps, with the same contents repeated, and the increments of c are compared. For a linear cost
they are equal, for a quadratic one they grow. Two axes of different inputs also grow together, because every word of
one sequence times every word of another is as quadratic as within one; two axes of one input do not, since their
product is its size. Nodes are joined in a ring.

Source: Tay et al. 2022 (tay2022efficient).
"""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode

from implementations.biases.reordering import size_of
from implementations.biases.resizing import repeated, resized, sizes_taken
from kb.probes import Axes, Error

STEP = 32  # the stride of usual networks for images, or a multiple of it
ROUNDING = 0.02  # growth of the increments where maps are cut to whole numbers of windows


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return by how much the increments of the work grow, 0 if hardly; NaN (undecided) where all sizes are fixed.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    chosen = [letter for letter in axes.acting if letter in sizes_taken(module)]
    apart = [pair for pair in combinations(chosen, 2) if not any(set(pair) <= set(x) for x in axes.inputs.values())]
    groups = [*((letter,) for letter in chosen), *apart]
    return max((_growth(module, inputs, axes, letters, generator) for letters in groups), default=float("nan"))


def _growth(
    module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, letters: tuple[str, ...], generator: torch.Generator
) -> Error:
    """Return the second difference of the work relative to the first, while some axes grow together."""
    steps = {letter: STEP * -(-size_of(letter, inputs, axes.inputs) // STEP) for letter in letters}
    first = resized(module, axes, steps, generator)
    costs = []
    for times in (1, 2, 3):
        sizes = {letter: times * size for letter, size in steps.items()}
        costs.append(work(module, repeated(module, first, axes, sizes, generator)))
    before, after = costs[1] - costs[0], costs[2] - costs[1]
    growth = abs(after - before) / max(before, 1)
    return Error(growth if growth > ROUNDING else 0.0, axes=" ".join(letters))


class Entries(TorchDispatchMode):
    """While it is active, counts the entries of all tensors that operations compute; views are not computed."""

    def __init__(self) -> None:
        super().__init__()
        self.total = 0

    def __torch_dispatch__(
        self, func: Any, types: object, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Call an operation and count its results."""
        result = func(*args, **(kwargs or {}))
        if not func.is_view:
            self.total += sum(leaf.numel() for leaf in tree_leaves(result) if isinstance(leaf, Tensor))
        return result


def work(module: nn.Module, inputs: Mapping[str, Tensor]) -> int:
    """Return the floating-point operations of one run, plus the number of entries that it computes.

    Example:
        >>> work(nn.Linear(3, 2, bias=False), {"input": torch.zeros(5, 3)})
        70
    """
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as flops, Entries() as entries:
        module(**inputs)
    return int(flops.get_total_flops()) + entries.total


class Attention(nn.Module):
    """Attention of positive weights, computed from sums over keys and values, or from all pairs of positions."""

    def __init__(self, generator: torch.Generator, pairs: bool) -> None:
        super().__init__()
        self.pairs = pairs
        self.weights = nn.Parameter(torch.randn(3, 4, 4, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, T, D]` to `[B, T, D]`."""
        query, key, value = (x @ weight for weight in self.weights)
        query, key = query.exp(), key.exp()
        return (query @ key.mT) @ value if self.pairs else query @ (key.mT @ value)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 6) -> dict[str, Tensor]:
        """Return random sequences."""
        return {"x": torch.randn(B, T, 4, generator=generator, dtype=torch.float64)}


def _case(pairs: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Attention(generator, pairs)
    axes = Axes(inputs={"x": ("B", "T", "D")}, outputs={"y": ("B", "T", "D")}, acting=("T",))
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return linear attention, computed from the right: keys times values first."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return the same function, computed from the left: queries times keys first."""
    return _case(True, generator)

"""Probe for additivity over the elements: the output is a sum of contributions, each of one element.

Definition: f(x) = c + sum over elements p of g_p(x_p). Elements are the positions along an axis; the contents of all
inputs along it belong together. The mixed difference of order k + 1 takes k + 1 groups of positions, and adds up the
outputs for all choices between two contents of each group, with a sign for each change. It vanishes for all contents if
and only if f is a sum of terms in k elements each; the bias is k = 1. The error is the second difference relative to
the change of all contents, and its place says the lowest order of terms that suffice, as far as it was tried.

Source: Hastie & Tibshirani 1986 (hastie1986generalized).
"""

from collections.abc import Mapping
from itertools import product

import torch
from torch import Tensor, nn

from implementations.biases.comparing import run
from implementations.biases.reordering import size_of
from implementations.biases.resizing import resized
from kb.probes import Axes, Error

HIGHER = (2, 3)
NOTHING = 1e-9
DRAWS = 6


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest second mixed difference over the axes, relative to the change of the outputs.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """
    return max(_interaction(module, axes, letter, generator) for letter in axes.acting)


def _interaction(module: nn.Module, axes: Axes, letter: str, generator: torch.Generator) -> Error:
    """Return the second mixed difference along an axis, with the order of interaction in its place."""
    error = max(_difference(module, axes, letter, 2, generator) for _ in range(DRAWS))
    orders = (order for order in HIGHER if _suffices(module, axes, letter, order, generator))
    order = 1 if error < NOTHING else next(orders, None)
    return Error(error, axis=letter, order=str(order or f"more than {HIGHER[-1]}"))


def _suffices(module: nn.Module, axes: Axes, letter: str, order: int, generator: torch.Generator) -> bool:
    """Return whether the mixed differences of the next order vanish; the first that does not is enough to know."""
    return all(_difference(module, axes, letter, order + 1, generator) < NOTHING for _ in range(DRAWS))


def _difference(module: nn.Module, axes: Axes, letter: str, groups: int, generator: torch.Generator) -> float:
    """Return a mixed difference over groups of positions, relative to the change of the outputs."""
    a, b = (resized(module, axes, {}, generator) for _ in range(2))
    group = torch.randperm(size_of(letter, a, axes.inputs), generator=generator) % groups
    total: Tensor | None = None
    ends: list[Tensor] = []
    for choice in product((False, True), repeat=groups):
        mixed = _mixed(a, b, axes, letter, torch.tensor(choice)[group])
        output = torch.cat([value.flatten() for value in run(module, mixed, axes).values()])
        total = (-1) ** sum(choice) * output + (0 if total is None else total)
        if all(choice) or not any(choice):
            ends.append(output)
    assert total is not None
    spread = (ends[0] - ends[1]).abs().max().clamp_min(torch.finfo(torch.float64).tiny)
    return (total.abs().max() / spread).item()


def _mixed(
    a: Mapping[str, Tensor], b: Mapping[str, Tensor], axes: Axes, letter: str, chosen: Tensor
) -> dict[str, Tensor]:
    """Return the first inputs, with the contents of the chosen positions from the second."""
    mixed = dict(a)
    for name, letters in axes.inputs.items():
        if letter in letters:
            shape = [-1 if here == letter else 1 for here in letters]
            mixed[name] = torch.where(chosen.reshape(shape), b[name], a[name])
    return mixed


class Sum(nn.Module):
    """Sum of a non-linear function of each element, or of each pair of elements."""

    def __init__(self, generator: torch.Generator, pairs: bool) -> None:
        super().__init__()
        self.pairs = pairs
        self.weight = nn.Parameter(torch.randn(3, 4, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, T, F]` to `[B, G]`."""
        terms = x @ self.weight
        terms = terms[:, :, None] + terms[:, None] if self.pairs else terms[:, :, None]
        return torch.tanh(terms).sum((1, 2))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 6) -> dict[str, Tensor]:
        """Return random sets."""
        return {"x": torch.randn(B, T, 3, generator=generator, dtype=torch.float64)}


def _case(pairs: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Sum(generator, pairs)
    axes = Axes(inputs={"x": ("B", "T", "F")}, outputs={"y": ("B", "G")}, acting=("T",))
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a sum over elements."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a sum over pairs, whose order is two."""
    return _case(True, generator)

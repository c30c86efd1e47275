"""Probe for a fixed-size summary: one input reaches the outputs through a number of values that does not grow.

Definition: let a second input have n positions, and the outputs n of their own. R(n) is the rank of the derivative of
all outputs by that input. What passes through a summary of k numbers has a rank of k at most, by the chain rule. It
holds if R(n) stays bounded. The sizes are doubled until the rank stops growing or exceeds SUMMARY numbers. Singular
values below a fixed share of the largest do not count: they are rounding errors. The error is 0 or 1.

Source: Cho et al. 2014 (cho2014properties) for the summary of fixed length, Bahdanau et al. 2015 (bahdanau2014neural)
for attention, which has none.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.biases.influence import gradients, with_gradients
from implementations.biases.resizing import resized, sizes_taken
from kb.probes import Axes, Error

SHORTEST, LONGEST = 8, 128
SUMMARY = 150
GROWTH, SLACK = 1.05, 2  # a rank that grows with the lengths nearly doubles, until small singular values pass for zero
NOTHING = 1e-9  # relative to the largest singular value


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return 0 if the rank stops growing along every axis, else 1; NaN (undecided) where the size of an axis is fixed.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    if not sizes_taken(module).issuperset(axes.acting):
        return float("nan")
    return max(_growing(module, axes, letter, generator) for letter in axes.acting)


def _growing(module: nn.Module, axes: Axes, letter: str, generator: torch.Generator) -> Error:
    """Return 0 if the rank stops growing while sizes double, before it exceeds `SUMMARY`; else 1, with the ranks."""
    size = SHORTEST
    ranks = [rank_of_influence(module, axes, letter, size, generator)]
    while ranks[-1] <= SUMMARY and size < LONGEST:
        size *= 2
        ranks.append(rank_of_influence(module, axes, letter, size, generator))
        if ranks[-1] <= min(SUMMARY, GROWTH * ranks[-2] + SLACK):
            return Error(0.0)
    return Error(1.0, axis=letter, ranks=ranks)


def rank_of_influence(module: nn.Module, axes: Axes, letter: str, size: int, generator: torch.Generator) -> int:
    """Return the rank, `SUMMARY + 1` at most, of the derivative of the outputs by the input with a letter.

    It is computed from as many random projections of the outputs, one for each copy of an example.
    """
    outside = {name for letters in axes.outputs.values() for name in letters}
    own = {name for name in sizes_taken(module) & outside if name != "B"}
    example = resized(module, axes, {"B": 1, letter: size, **dict.fromkeys(own, size)}, generator)
    inputs = {
        name: value.repeat_interleave(SUMMARY + 1, axes.inputs[name].index("B")) if "B" in axes.inputs[name] else value
        for name, value in example.items()
    }
    numbers = {name: x for name, x in with_gradients(inputs, axes).items() if letter in axes.inputs[name]}
    outputs = axes.named_outputs(module(**{**inputs, **numbers}))
    found = gradients(list(outputs.values()), list(numbers.values()), generator)
    return int(torch.linalg.matrix_rank(_rows(dict(zip(numbers, found, strict=True)), axes), rtol=NOTHING))


def _rows(found: dict[str, Tensor], axes: Axes) -> Float[Tensor, "rows entries"]:
    """Return derivatives by all inputs, one row for each example."""
    return torch.cat([x.movedim(axes.inputs[name].index("B"), 0).flatten(1) for name, x in found.items()], 1)


class Reader(nn.Module):
    """Adds to every position what it reads of a source: the same mean for all, or by a softmax its own mean."""

    def __init__(self, generator: torch.Generator, attends: bool) -> None:
        super().__init__()
        self.attends = attends
        self.weights = nn.Parameter(torch.randn(2, 4, 4, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor, source: Tensor) -> Tensor:
        """Map `[B, T, D]` and `[B, S, D]` to `[B, T, D]`."""
        scores = x @ self.weights[0] @ source.mT
        weights = (scores if self.attends else torch.zeros_like(scores)).softmax(-1)
        return x + torch.tanh(weights @ source @ self.weights[1])

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 6, S: int = 5) -> dict[str, Tensor]:
        """Return two random sequences."""
        lengths = {"x": T, "source": S}
        return {name: torch.randn(B, n, 4, generator=generator, dtype=torch.float64) for name, n in lengths.items()}


def _case(attends: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Reader(generator, attends)
    axes = Axes(inputs={"x": ("B", "T", "D"), "source": ("B", "S", "D")}, outputs={"y": ("B", "T", "D")}, acting=("S",))
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a network that adds one mean of the source to every position."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a network in which every position attends to the source by itself."""
    return _case(True, generator)

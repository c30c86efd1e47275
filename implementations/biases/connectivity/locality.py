"""Probe for locality: an output depends on inputs within a fixed radius only, however large the input.

Definition: let r(n) be the largest distance, along an axis of n positions, between an output and an input that it
depends on. The bias holds if r(n) does not grow with n. Distances wrap around, so that circular padding counts as
near; nodes are joined in a ring, where they are distances in hops. Numbers are differentiated by, symbols such as
words are replaced one at a time. The error is the growth of r between two sizes, relative to the growth of the
largest distance that there is: 0 for a fixed radius up to 15, 1 for an output that depends on everything.

Source: the lecture's L651-L653 and L1080-L1085; Battaglia et al. 2018, Table 1 (battaglia2018relational).
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from implementations.axes import Axes
from implementations.biases.comparing import run
from implementations.biases.influence import at_position, gradients, with_gradients
from implementations.biases.reordering import reorder, size_of
from implementations.biases.resizing import resized, sizes_taken

SIZES = (32, 64)
POSITIONS = 9  # whose dependence is looked at, spread over the axis
EXAMPLES, DRAWS = 16, 4  # a rectified linear unit may hide a dependence in one input


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest growth of the radius over the axes; NaN (undecided) where the size of an axis is fixed.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    if not sizes_taken(module).issuperset(axes.acting):
        return float("nan")
    small, large = SIZES
    growths = [
        reach(module, axes, letter, large, generator) - reach(module, axes, letter, small, generator)
        for letter in axes.acting
    ]
    return max(0.0, *growths) / (large // 2 - small // 2)


def reach(module: nn.Module, axes: Axes, letter: str, size: int, generator: torch.Generator) -> int:
    """Return the largest distance between an output and an input that it depends on, along an axis of `size`."""
    distances = [0]
    for _ in range(DRAWS):
        inputs = resized(module, axes, {"B": EXAMPLES, letter: size}, generator)
        pairs = _by_derivative(module, inputs, axes, letter, generator)
        pairs += _by_replacement(module, inputs, axes, letter)
        for output, source in pairs:
            offset = abs(axes.strides.get(letter, 1) * output - source)
            distances.append(min(offset, size - offset))
    return max(distances)


def _by_derivative(
    module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, letter: str, generator: torch.Generator
) -> list[tuple[int, int]]:
    """Return output and input positions with a non-zero derivative between them, for some of the outputs."""
    numbers = {name: x for name, x in with_gradients(inputs, axes).items() if letter in axes.inputs[name]}
    if not numbers:
        return []
    outputs = axes.named_outputs(module(**{**inputs, **numbers}))
    pairs = []
    for position in _spread(size_of(letter, outputs, axes.outputs)):
        found = gradients(at_position(outputs, axes, letter, position), list(numbers.values()), generator)
        for name, gradient in zip(numbers, found, strict=True):
            pairs += [(position, source) for source in _places(gradient != 0, axes.inputs[name], letter)]
    return pairs


def _by_replacement(module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, letter: str) -> list[tuple[int, int]]:
    """Return output and input positions where replacing a symbol by the next one changes something."""
    symbols = {name: x for name, x in inputs.items() if not x.is_floating_point() and letter in axes.inputs[name]}
    before = run(module, inputs, axes)
    pairs = []
    for source in _spread(size_of(letter, symbols, axes.inputs)) if symbols else []:
        order = torch.arange(size_of(letter, symbols, axes.inputs))
        order[source] = (source + 1) % len(order)
        after = run(module, {**inputs, **reorder(symbols, axes.inputs, {letter: order})}, axes)
        for name, letters in axes.outputs.items():
            if letter in letters:
                pairs += [(output, source) for output in _places(after[name] != before[name], letters, letter)]
    return pairs


def _spread(size: int) -> list[int]:
    """Return a few positions of an axis, both ends among them."""
    return torch.linspace(0, size - 1, POSITIONS).long().unique().tolist()


def _places(mask: Tensor, letters: tuple[str, ...], letter: str) -> list[int]:
    """Return the positions along a letter where a mask is true anywhere."""
    return mask.movedim(letters.index(letter), 0).flatten(1).any(1).nonzero().flatten().tolist()


class Mixing(nn.Module):
    """Every position adds to itself the mean of its two neighbours, or of all positions where `everywhere`."""

    def __init__(self, everywhere: bool) -> None:
        super().__init__()
        self.everywhere = everywhere

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, L]` to `[B, L]`."""
        others = x.mean(1, keepdim=True) if self.everywhere else (x.roll(1, 1) + x.roll(-1, 1)) / 2
        return torch.tanh(x + others)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, L: int = 8) -> dict[str, Tensor]:
        """Return random signals."""
        return {"x": torch.randn(B, L, generator=generator, dtype=torch.float64)}


def _case(everywhere: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Mixing(everywhere)
    axes = Axes(inputs={"x": ("B", "L")}, outputs={"y": ("B", "L")}, acting=("L",))
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a mean over neighbours on a ring."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a mean over all positions."""
    return _case(True, generator)

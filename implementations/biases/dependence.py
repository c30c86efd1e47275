"""Dependence: which positions of the output depend on which positions of the input, on an axis of a chosen size.

Derivatives are taken by numbers; symbols such as words are replaced one at a time. A dependence of any size counts. A
rectified linear unit may hide a dependence for one input, but not for all; a gate may open for large inputs only.

Where influence fades with distance, a solver that stops at rounding size cuts it off, at a distance that says nothing
about the function. Hence every dependence has a strength.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from implementations.biases.comparing import run
from implementations.biases.influence import gradients_at, with_gradients
from implementations.biases.reordering import reorder, size_of
from implementations.biases.resizing import resized
from kb.probes import Axes

EXAMPLES = 16
SCALES = (1.0, 10.0, 0.1)
"""Sizes of the numbers among the inputs, one batch each."""

Places = Callable[[int], Sequence[int]]
"""Which positions of an axis are tested, given its size."""


Pairs = dict[tuple[int, int], float]
"""Output and input positions of which the first depends on the second, and how much, relative to the most it does."""

FADED = 1e-12
"""A strength that may be rounding error: pairs beyond it cannot be seen, even if they exist."""


class Dependences(NamedTuple):
    """Dependences between positions.

    Attributes:
        of_outputs: Found by derivatives: for the tested outputs, all inputs.
        of_sources: Found by replacement: for the tested inputs, all outputs.
    """

    of_outputs: Pairs
    of_sources: Pairs

    @property
    def pairs(self) -> Pairs:
        """All of them, each with its largest strength."""
        return strongest(self.of_outputs, self.of_sources)

    def joined(self, others: "Dependences") -> "Dependences":
        """Return what was found here or there."""
        return Dependences(*(strongest(mine, theirs) for mine, theirs in zip(self, others, strict=True)))


def strongest(some: Pairs, others: Pairs) -> Pairs:
    """Return the pairs of both, each with its largest strength.

    Example:
        >>> strongest({(0, 0): 1.0, (0, 1): 0.1}, {(0, 1): 0.2})
        {(0, 0): 1.0, (0, 1): 0.2}
    """
    return {**some, **{pair: max(strength, some.get(pair, 0.0)) for pair, strength in others.items()}}


def dependences(
    module: nn.Module,
    axes: Axes,
    letter: str,
    size: int,
    generator: torch.Generator,
    places: Places,
    scale: float = 1.0,
) -> Dependences:
    """Return output and input positions of which the first depends on the second, for some of a batch of inputs.

    Args:
        module: A module that lets a caller choose the size.
        axes: Its axes.
        letter: The axis of the positions.
        size: How many positions the inputs get.
        generator: Source of the inputs.
        places: The positions that are tested.
        scale: What the numbers among the inputs are multiplied by.
    """
    inputs = scaled_example(module, axes, {"B": EXAMPLES, letter: size}, generator, scale)
    return Dependences(
        _by_derivative(module, inputs, axes, letter, generator, places),
        _by_replacement(module, inputs, axes, letter, places),
    )


def scaled_example(
    module: nn.Module, axes: Axes, sizes: Mapping[str, int], generator: torch.Generator, scale: float
) -> dict[str, Tensor]:
    """Return inputs of these sizes, with all numbers among them multiplied by one factor."""
    inputs = resized(module, axes, sizes, generator)
    return {name: scale * value if value.is_floating_point() else value for name, value in inputs.items()}


def spread(count: int) -> Places:
    """Return the rule to test so many positions, spread over the axis, both ends included.

    Example:
        >>> spread(3)(9)
        [0, 4, 8]
    """
    return lambda size: [place * (size - 1) // max(1, count - 1) for place in range(min(count, size))]


def _by_derivative(
    module: nn.Module,
    inputs: Mapping[str, Tensor],
    axes: Axes,
    letter: str,
    generator: torch.Generator,
    places: Places,
) -> Pairs:
    """Return output and input positions with a non-zero derivative between them, for some of the outputs."""
    numbers = {name: x for name, x in with_gradients(inputs, axes).items() if letter in axes.inputs[name]}
    pairs: Pairs = {}
    if not numbers:
        return pairs
    outputs = axes.named_outputs(module(**{**inputs, **numbers}))
    tested = places(size_of(letter, outputs, axes.outputs))
    found = gradients_at(outputs, axes, letter, tested, list(numbers.values()), generator)
    for name, gradient in zip(numbers, found, strict=True):
        for output, row in zip(tested, gradient, strict=True):
            sizes = _sizes(row, axes.inputs[name], letter)
            pairs = strongest(pairs, {(output, source): size for source, size in sizes.items()})
    return pairs


def _by_replacement(module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, letter: str, places: Places) -> Pairs:
    """Return output and input positions where replacing a symbol by the next one changes something."""
    symbols = {name: x for name, x in inputs.items() if not x.is_floating_point() and letter in axes.inputs[name]}
    pairs: Pairs = {}
    if not symbols:
        return pairs
    before = run(module, inputs, axes)
    for source in places(size_of(letter, symbols, axes.inputs)):
        order = torch.arange(size_of(letter, symbols, axes.inputs))
        order[source] = (source + 1) % len(order)
        after = run(module, {**inputs, **reorder(symbols, axes.inputs, {letter: order})}, axes)
        for name, letters in axes.outputs.items():
            if letter in letters:
                sizes = _sizes(after[name] - before[name], letters, letter)
                pairs = strongest(pairs, {(output, source): size for output, size in sizes.items()})
    return pairs


def _sizes(changes: Tensor, letters: tuple[str, ...], letter: str) -> dict[int, float]:
    """Return the positions along a letter where something is not zero, and its size relative to the largest."""
    sizes = changes.abs().movedim(letters.index(letter), 0).flatten(1).amax(1)
    return {place: (sizes[place] / sizes.max()).item() for place in sizes.nonzero().flatten().tolist()}

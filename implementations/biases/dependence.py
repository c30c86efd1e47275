"""Dependence: which positions of the output depend on which positions of the input, on an axis of a chosen size.

Derivatives are taken by numbers; symbols such as words are replaced one at a time. A dependence of any size counts. A
rectified linear unit may hide a dependence for one input, but not for all.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from implementations.biases.comparing import run
from implementations.biases.influence import at_position, gradients, with_gradients
from implementations.biases.reordering import reorder, size_of
from implementations.biases.resizing import resized
from kb.probes import Axes

EXAMPLES = 16


def dependences(
    module: nn.Module, axes: Axes, letter: str, size: int, generator: torch.Generator, positions: int | None = None
) -> set[tuple[int, int]]:
    """Return output and input positions of which the first depends on the second, for some of a batch of inputs.

    Args:
        module: A module that lets a caller choose the size.
        axes: Its axes.
        letter: The axis of the positions.
        size: How many positions the inputs get.
        generator: Source of the inputs.
        positions: How many positions are tested, spread over the axis, both ends included; all of them if None.
    """
    inputs = resized(module, axes, {"B": EXAMPLES, letter: size}, generator)
    pairs = _by_derivative(module, inputs, axes, letter, generator, positions)
    return pairs | _by_replacement(module, inputs, axes, letter, positions)


def _by_derivative(
    module: nn.Module,
    inputs: Mapping[str, Tensor],
    axes: Axes,
    letter: str,
    generator: torch.Generator,
    positions: int | None,
) -> set[tuple[int, int]]:
    """Return output and input positions with a non-zero derivative between them, for some of the outputs."""
    numbers = {name: x for name, x in with_gradients(inputs, axes).items() if letter in axes.inputs[name]}
    if not numbers:
        return set()
    outputs = axes.named_outputs(module(**{**inputs, **numbers}))
    pairs = set()
    for position in _spread(size_of(letter, outputs, axes.outputs), positions):
        found = gradients(at_position(outputs, axes, letter, position), list(numbers.values()), generator)
        for name, gradient in zip(numbers, found, strict=True):
            pairs |= {(position, source) for source in _places(gradient != 0, axes.inputs[name], letter)}
    return pairs


def _by_replacement(
    module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, letter: str, positions: int | None
) -> set[tuple[int, int]]:
    """Return output and input positions where replacing a symbol by the next one changes something."""
    symbols = {name: x for name, x in inputs.items() if not x.is_floating_point() and letter in axes.inputs[name]}
    before = run(module, inputs, axes)
    pairs = set()
    for source in _spread(size_of(letter, symbols, axes.inputs), positions) if symbols else []:
        order = torch.arange(size_of(letter, symbols, axes.inputs))
        order[source] = (source + 1) % len(order)
        after = run(module, {**inputs, **reorder(symbols, axes.inputs, {letter: order})}, axes)
        for name, letters in axes.outputs.items():
            if letter in letters:
                pairs |= {(output, source) for output in _places(after[name] != before[name], letters, letter)}
    return pairs


def _spread(size: int, positions: int | None) -> list[int]:
    """Return some positions of an axis, or all of them."""
    count = size if positions is None else min(positions, size)
    return [place * (size - 1) // max(1, count - 1) for place in range(count)]


def _places(mask: Tensor, letters: tuple[str, ...], letter: str) -> list[int]:
    """Return the positions along a letter where a mask is true anywhere."""
    return mask.movedim(letters.index(letter), 0).flatten(1).any(1).nonzero().flatten().tolist()

"""Permuting: the symmetry that every order of positions, nodes or stored examples gives the same outputs."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from implementations.biases.comparing import relative_error, run
from implementations.biases.reordering import reorder, shift, size_of, swap
from implementations.biases.situations import worst
from kb.probes import Axes, Error


def permutation_error(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> Error:
    """Return the error of f(P x) = P f(x), on several scales and sizes; an output without the axis should not change.

    A shift and a swap are tried along every acting letter: a function that commutes with these two, for all inputs,
    commutes with every permutation. Where integers point into the axis, as edges point at nodes, they are relabelled
    and listed in another order, because a graph is the set of its edges, not a list.
    """
    return worst(lambda given: _permutation_error(module, given, axes, generator), module, inputs, axes, generator)


def _permutation_error(
    module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, generator: torch.Generator
) -> Error:
    """Return the error of f(P x) = P f(x) for some inputs."""
    before = run(module, inputs, axes)
    errors = []
    for letter in axes.acting:
        size = size_of(letter, inputs, axes.inputs)
        for moves, order in (("shift", shift(size)), ("swap", swap(size))):
            orders = {letter: order, **_listings(letter, inputs, axes, generator)}
            after = run(module, reorder(inputs, axes.inputs, orders, axes.indexes), axes)
            error = relative_error(after, reorder(before, axes.outputs, orders))
            errors.append(error.at(axis=letter, permutation=moves))
    return max(errors)


def _listings(letter: str, inputs: Mapping[str, Tensor], axes: Axes, generator: torch.Generator) -> dict[str, Tensor]:
    """Return a random order of the axes of everything that points into `letter`."""
    pointing = [name for name, target in axes.indexes.items() if target == letter]
    lists = {item for name in pointing for item in axes.inputs[name] if item not in ("", letter)}
    return {item: torch.randperm(size_of(item, inputs, axes.inputs), generator=generator) for item in sorted(lists)}

"""What probes do to inputs and outputs: move, permute or replace along the axes that a bias acts on, and compare."""

from __future__ import annotations

import inspect
from collections.abc import Mapping

import torch
from torch import Generator, Tensor, nn

from implementations.axes import Axes


def indices_along(tensors: Mapping[str, Tensor], axes: Axes, letter: str, index: Tensor) -> dict[str, Tensor]:
    """Return the tensors with every axis of a letter reordered by `index`; others stay as they are.

    An integer tensor that points into the axis (`edge_index` into the nodes) is relabelled, so that it still points to
    the same items at their new places.
    """
    found = {}
    for name, value in tensors.items():
        letters = axes.inputs.get(name) or axes.outputs[name]
        for dim, other in enumerate(letters):
            if other == letter:
                value = value.index_select(dim, index)
        if axes.indexes.get(name) == letter:
            value = torch.argsort(index)[value]
        found[name] = value
    return found


def replaced(
    inputs: Mapping[str, Tensor], axes: Axes, letter: str, positions: Tensor, generator: Generator
) -> dict[str, Tensor]:
    """Return the inputs with fresh random numbers at some positions of a letter's axes; integers stay."""
    found = dict(inputs)
    for name, value in inputs.items():
        if value.is_floating_point() and letter in axes.inputs[name]:
            dim = axes.inputs[name].index(letter)
            source = value.index_select(dim, positions)
            noise = torch.randn(source.shape, generator=generator, dtype=value.dtype)
            found[name] = value.index_copy(dim, positions, noise)
    return found


def example(module: nn.Module, generator: Generator, **sizes: int) -> dict[str, Tensor] | None:
    """Return float64 example inputs of the given sizes, or None where the module fixes one of them."""
    accepted = inspect.signature(module.example_inputs).parameters
    if not set(sizes) <= set(accepted):
        return None
    inputs = module.example_inputs(generator, **sizes)
    return {name: value.double() if value.is_floating_point() else value for name, value in inputs.items()}


def outputs_of(module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes) -> dict[str, Tensor]:
    """Run the module and return its outputs by name."""
    return axes.named_outputs(module(**inputs))


def difference(left: Mapping[str, Tensor], right: Mapping[str, Tensor]) -> float:
    """Return the largest difference over all outputs, each relative to the size of the output."""
    found = 0.0
    for name, value in left.items():
        gap = float((value - right[name]).detach().abs().max())
        size = float(value.detach().abs().max())
        found = max(found, gap / size if size else gap)
    return found


def path_graph(nodes: int) -> Tensor:
    """Return the edges of a path, in both directions: `2 (nodes - 1)` of them."""
    right = torch.stack([torch.arange(nodes - 1), torch.arange(1, nodes)])
    return torch.cat([right, right.flip(0)], 1)


def example_of_size(
    module: nn.Module, axes: Axes, letter: str, size: int, generator: Generator
) -> dict[str, Tensor] | None:
    """Return example inputs with an axis of a given size; nodes are joined to a path, so that distances are known."""
    if letter not in axes.indexes.values():
        return example(module, generator, **{letter: size})
    edges = path_graph(size)
    inputs = example(module, generator, **{letter: size, "E": edges.shape[1]})
    if inputs is None:
        return None
    return inputs | {name: edges for name, target in axes.indexes.items() if target == letter}

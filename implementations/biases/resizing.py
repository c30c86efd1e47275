"""Resizing: example inputs of another size, with the nodes of a graph joined in a ring."""

import inspect
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from kb.probes import Axes

REFUSALS = (RuntimeError, ValueError, TypeError, IndexError)
"""How modules and tensor operations say that they cannot run on a size."""


def sizes_taken(module: nn.Module) -> set[str]:
    """Return the axis letters whose size `module.example_inputs` lets a caller choose."""
    method = getattr(module, "example_inputs", None)
    return set(inspect.signature(method).parameters) - {"generator"} if method else set()


def resized(module: nn.Module, axes: Axes, sizes: Mapping[str, int], generator: torch.Generator) -> dict[str, Tensor]:
    """Return inputs with these sizes, as far as the module lets them be chosen; floating-point ones in float64.

    Integers that point into one of these axes become the edges of a ring, so that the distance between two nodes, in
    hops, is the same as that between two positions of an axis that wraps around.
    """
    taken = sizes_taken(module)
    pointing = [name for name, target in axes.indexes.items() if target in sizes and target in taken]
    lists = {letter: 2 * sizes[axes.indexes[name]] for name in pointing for letter in axes.inputs[name] if letter}
    wanted = {letter: size for letter, size in {**sizes, **lists}.items() if letter in taken}
    inputs = module.example_inputs(generator, **wanted)
    inputs |= {name: ring(sizes[axes.indexes[name]]) for name in pointing}
    return {name: value.double() if value.is_floating_point() else value for name, value in inputs.items()}


def repeated(
    module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, sizes: Mapping[str, int], generator: torch.Generator
) -> dict[str, Tensor]:
    """Return inputs with these sizes, along which the contents of smaller ones are repeated.

    So an iteration that stops when its result no longer changes takes as many steps as before.
    """
    larger = resized(module, axes, sizes, generator)
    for name, value in inputs.items():
        for dim, letter in enumerate(axes.inputs[name]):
            if letter in sizes:
                larger[name] = value = value.index_select(dim, torch.arange(sizes[letter]) % value.shape[dim])
    return larger


def ring(size: int) -> Tensor:
    """Return the edges `[2, 2 * size]` that join every node with the next one, in both directions.

    Example:
        >>> ring(3).tolist()
        [[0, 1, 2, 1, 2, 0], [1, 2, 0, 0, 1, 2]]
    """
    here, following = torch.arange(size), torch.arange(size).roll(-1)
    return torch.stack([torch.cat([here, following]), torch.cat([following, here])])

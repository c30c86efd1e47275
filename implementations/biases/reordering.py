"""Reordering: tools for every symmetry of positions, which are shifted, permuted or relabelled."""

from collections.abc import Mapping

import torch
from torch import Tensor

from kb.probes import Axes


def reorder(
    tensors: Mapping[str, Tensor],
    letters: Mapping[str, tuple[str, ...]],
    orders: Mapping[str, Tensor],
    indexes: Mapping[str, str] | None = None,
) -> dict[str, Tensor]:
    """Return tensors whose position `i` has the contents of position `order[i]` of the originals.

    Args:
        tensors: Inputs or outputs by name.
        letters: The letters of each.
        orders: For each letter that is acted on, the old position of every new one.
        indexes: For integer tensors that point into an axis: the letter they point into. They follow the relabelling.

    Example:
        >>> edges = {"edges": torch.tensor([[0], [1]])}
        >>> reorder(edges, {"edges": ("", "E")}, {"N": torch.tensor([2, 0, 1])}, {"edges": "N"})
        {'edges': tensor([[1],
                [2]])}
    """
    moved = {}
    for name, tensor in tensors.items():
        target = (indexes or {}).get(name)
        if target in orders:
            tensor = orders[target].argsort()[tensor]  # the new label of every old one
        for dim, letter in enumerate(letters[name]):
            if letter in orders:
                tensor = tensor.index_select(dim, orders[letter])
        moved[name] = tensor
    return moved


def size_of(letter: str, tensors: Mapping[str, Tensor], letters: Mapping[str, tuple[str, ...]]) -> int:
    """Return the number of positions along a letter, from the first tensor that has it."""
    return next(tensors[name].shape[letters[name].index(letter)] for name in tensors if letter in letters[name])


def shift(size: int, steps: int = 1) -> Tensor:
    """Return the order of a circular shift. The shift by one step generates all others."""
    return torch.arange(size).roll(steps)


def swap(size: int) -> Tensor:
    """Return the order that exchanges the first two positions. With the shift it generates all permutations."""
    return torch.cat([torch.arange(min(size, 2)).flip(0), torch.arange(2, size)])


def piece(inputs: Mapping[str, Tensor], axes: Axes, letter: str, start: int, end: int | None) -> dict[str, Tensor]:
    """Return the inputs from one position to before another; those without the axis stay whole."""
    cut = dict(inputs)
    for name, value in inputs.items():
        if letter in axes.inputs[name]:
            dim = axes.inputs[name].index(letter)
            cut[name] = value[(slice(None),) * dim + (slice(start, end),)]
    return cut

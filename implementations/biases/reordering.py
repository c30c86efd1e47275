"""Reordering: tools for every symmetry of positions, which are shifted, permuted or relabelled."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from implementations.biases.comparing import relative_error, run
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


def permutation_error(module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the error of f(P x) = P f(x); an output without the axis should not change.

    A shift and a swap are tried along every acting letter: a function that commutes with these two, for all inputs,
    commutes with every permutation. Where integers point into the axis, as edges point at nodes, they are relabelled
    and listed in another order, because a graph is the set of its edges, not a list.
    """
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

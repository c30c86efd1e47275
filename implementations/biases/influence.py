"""Influence: derivatives of a module's outputs, taken through random projections.

A plain sum would not suffice: after a layer normalisation it is constant, and its derivative is zero for any module.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from kb.probes import Axes


def with_gradients(inputs: Mapping[str, Tensor], axes: Axes) -> dict[str, Tensor]:
    """Return copies, with gradients enabled, of the floating-point inputs that have an acting axis."""
    return {
        name: value.detach().clone().requires_grad_()
        for name, value in inputs.items()
        if value.is_floating_point() and axes.dims(name)
    }


def at_position(outputs: Mapping[str, Tensor], axes: Axes, letter: str, position: int) -> list[Tensor]:
    """Return the slices at one position of all outputs that have the axis."""
    return [
        value.select(axes.outputs[name].index(letter), position)
        for name, value in outputs.items()
        if letter in axes.outputs[name]
    ]


def gradients_at(
    outputs: Mapping[str, Tensor],
    axes: Axes,
    letter: str,
    positions: Sequence[int],
    sources: Sequence[Tensor],
    generator: torch.Generator,
) -> list[Tensor]:
    """Return the derivatives of a random projection of the outputs at each position, from one backward pass for all.

    A module whose derivative takes decisions, as a solver does that stops when it is done, gets a pass for each.

    Returns:
        For each source a tensor with the positions in front of its own dimensions.

    Raises:
        FloatingPointError: A derivative is not a number.
    """
    having = {name: value for name, value in outputs.items() if letter in axes.outputs[name] and value.requires_grad}
    directions = [
        _one_position_each(y, axes.outputs[name].index(letter), positions, generator) for name, y in having.items()
    ]
    return _derivatives(list(having.values()), list(sources), directions, (len(positions),))


def gradients(outputs: Sequence[Tensor], sources: Sequence[Tensor], generator: torch.Generator) -> list[Tensor]:
    """Return the derivative of one random projection of all outputs by each of the sources.

    An entry is zero for almost every projection only if no output depends on that entry of the source.

    Raises:
        FloatingPointError: A derivative is not a number: this differs from zero, but shows no influence.
    """
    directions = [torch.randn(output.shape, generator=generator, dtype=output.dtype) for output in outputs]
    given = [output.requires_grad for output in outputs]
    kept = [[x for x, keep in zip(xs, given, strict=True) if keep] for xs in (outputs, directions)]
    return _derivatives(kept[0], list(sources), kept[1], ())


def _one_position_each(output: Tensor, dim: int, positions: Sequence[int], generator: torch.Generator) -> Tensor:
    """Return random directions, one for each position, which are zero at all other positions."""
    directions = output.new_zeros(len(positions), *output.shape)
    for direction, position in zip(directions, positions, strict=True):
        chosen = direction.select(dim, position)
        chosen.copy_(torch.randn(chosen.shape, generator=generator, dtype=chosen.dtype))
    return directions


def _derivatives(
    outputs: list[Tensor], sources: list[Tensor], directions: list[Tensor], batch: tuple[int, ...]
) -> list[Tensor]:
    """Return the derivatives of the sum of all outputs along these directions, with a batch of them or without."""
    if not outputs:
        return [source.new_zeros(*batch, *source.shape) for source in sources]

    def along(chosen: Sequence[Tensor], batched: bool) -> list[Tensor]:
        found = torch.autograd.grad(
            outputs, sources, chosen, retain_graph=True, allow_unused=True, is_grads_batched=batched
        )
        leading = batch if batched else ()
        return [x.new_zeros(*leading, *x.shape) if y is None else y for x, y in zip(sources, found, strict=True)]

    try:
        found = along(directions, bool(batch))
    except RuntimeError:
        if not batch:
            raise
        each = [along(chosen, False) for chosen in zip(*directions, strict=True)]
        found = [torch.stack(rows) for rows in zip(*each, strict=True)]
    if any(gradient.isnan().any() for gradient in found):
        raise FloatingPointError("a derivative of the outputs is not a number")
    return found

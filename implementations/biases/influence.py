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


def gradients(outputs: Sequence[Tensor], sources: Sequence[Tensor], generator: torch.Generator) -> list[Tensor]:
    """Return the derivative of one random projection of all outputs by each of the sources.

    An entry is zero for almost every projection only if no output depends on that entry of the source.

    Raises:
        FloatingPointError: A derivative is not a number: this differs from zero, but shows no influence.
    """
    weights = [torch.randn(output.shape, generator=generator, dtype=output.dtype) for output in outputs]
    projection = torch.stack([(output * weight).sum() for output, weight in zip(outputs, weights, strict=True)]).sum()
    if not projection.requires_grad:
        return [torch.zeros_like(source) for source in sources]
    found = torch.autograd.grad(projection, list(sources), retain_graph=True, allow_unused=True)
    if any(gradient is not None and gradient.isnan().any() for gradient in found):
        raise FloatingPointError("a derivative of the outputs is not a number")
    return [torch.zeros_like(s) if gradient is None else gradient for s, gradient in zip(sources, found, strict=True)]

"""Situations: the inputs on which an identity is tried, so that it cannot hold for one scale or one size only."""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor, nn

from implementations.biases.features import features, scaled
from implementations.biases.reordering import size_of
from implementations.biases.resizing import REFUSALS, resized, sizes_taken
from kb.probes import Axes, Error

SCALES = (1.0, 0.1, 10.0)
LARGER = 4

Measure = Callable[[dict[str, Tensor]], Error]
"""What an identity is measured with: the error for some inputs."""


def worst(
    measure: Measure,
    module: nn.Module,
    inputs: dict[str, Tensor],
    axes: Axes,
    generator: torch.Generator,
    scales: Sequence[float] = SCALES,
) -> Error:
    """Return the largest error over the inputs that are given, the same on other scales, and larger ones.

    Every acting axis is made four times as long, one at a time, where the module lets a caller choose its size. A scale
    on which something overflows, and a size that is refused, say nothing about the identity, and are passed over.

    Raises:
        FloatingPointError: The outputs are not finite for the inputs that are given.
    """
    errors = [measure(inputs)]
    for factor in scales if features(inputs, axes) else ():
        if factor != 1:
            errors += _tried(measure, lambda factor=factor: scaled(inputs, axes, factor), scale=str(factor))
    for letter in axes.acting:
        if letter in sizes_taken(module):
            size = LARGER * size_of(letter, inputs, axes.inputs)
            errors += _tried(measure, lambda sizes={letter: size}: resized(module, axes, sizes, generator), size=size)
    return max(errors)


def _tried(measure: Measure, make: Callable[[], dict[str, Tensor]], **place: str | int) -> list[Error]:
    """Return the error for some inputs; nothing if they are refused, or something overflows."""
    try:
        return [measure(make()).at(**place)]
    except (FloatingPointError, *REFUSALS):
        return []


def another(inputs: Mapping[str, Tensor], axes: Axes, generator: torch.Generator) -> dict[str, Tensor]:
    """Return inputs with other features, independent of these and of the same size on average."""
    others = {
        name: x.square().mean().sqrt() * torch.randn(x.shape, generator=generator, dtype=x.dtype)
        for name, x in features(inputs, axes).items()
    }
    return {**inputs, **others}

"""Features: the inputs that probes of scale and slope change, all together."""

from collections.abc import Mapping

import torch
from torch import Tensor

from kb.probes import Axes


def features(inputs: Mapping[str, Tensor], axes: Axes) -> dict[str, Tensor]:
    """Return the floating-point inputs that have an acting axis; symbols, labels, edges and masks are left out.

    Example:
        >>> inputs = {"x": torch.ones(2, 3), "labels": torch.tensor([0, 1])}
        >>> axes = Axes(inputs={"x": ("M", "F"), "labels": ("M",)}, outputs={"y": ("K",)}, acting=("F",))
        >>> list(features(inputs, axes))
        ['x']
    """
    return {name: value for name, value in inputs.items() if value.is_floating_point() and axes.dims(name)}


def scaled(inputs: Mapping[str, Tensor], axes: Axes, factor: float) -> dict[str, Tensor]:
    """Return all inputs, the features among them multiplied by one factor."""
    return {**inputs, **{name: factor * value for name, value in features(inputs, axes).items()}}


def shifted(inputs: Mapping[str, Tensor], axes: Axes, constant: float) -> dict[str, Tensor]:
    """Return all inputs, with one constant added to the features among them."""
    return {**inputs, **{name: value + constant for name, value in features(inputs, axes).items()}}


def like(inputs: Mapping[str, Tensor], axes: Axes, generator: torch.Generator) -> dict[str, Tensor]:
    """Return standard normal numbers in the shapes of the features."""
    chosen = features(inputs, axes)
    return {name: torch.randn(x.shape, generator=generator, dtype=x.dtype) for name, x in chosen.items()}

"""Comparing: the outputs of a module by name, and the difference of two such results."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from kb.probes import Axes, Error


def run(module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes) -> dict[str, Tensor]:
    """Return the outputs of a module by the names of its signature, without a record for gradients.

    Raises:
        FloatingPointError: An output overflowed or is not a number. Nothing can be concluded from a comparison with it.
    """
    with torch.no_grad():
        return finite(axes.named_outputs(module(**inputs)), module)


def finite(outputs: dict[str, Tensor], module: nn.Module) -> dict[str, Tensor]:
    """Return outputs of a module that are all finite.

    Raises:
        FloatingPointError: One is not.
    """
    for name, value in outputs.items():
        if not value.isfinite().all():
            raise FloatingPointError(f"output {name} of {type(module).__name__} is not finite")
    return outputs


LEAST = 1e-4  # of the size of an output: a variation that is smaller might consist of rounding errors


def relative_error(
    found: Mapping[str, Tensor], wanted: Mapping[str, Tensor], other: Mapping[str, Tensor] | None = None
) -> Error:
    """Return the largest difference in any output, relative to the largest magnitude in that output, and its place.

    Args:
        found: Outputs.
        wanted: What they should be.
        other: The outputs for other inputs. If these are given, a difference is relative to how much the output varies,
            so that a large constant part of it cannot hide a difference.

    Example:
        >>> error = relative_error({"y": torch.tensor([1.0, 3.0])}, {"y": torch.tensor([1.0, 4.0])})
        >>> float(error), error.place
        (0.25, {'output': 'y', 'position': [1]})
    """
    return max(_relative_error(name, found[name], value, other and other[name]) for name, value in wanted.items())


def _relative_error(name: str, found: Tensor, wanted: Tensor, other: Tensor | None) -> Error:
    difference = (found - wanted).abs()
    size = wanted.abs().max().clamp_min(torch.finfo(torch.float64).tiny)
    if other is not None:
        size = (wanted - other).abs().max().clamp_min(LEAST * size)
    place = [int(index) for index in torch.unravel_index(difference.argmax(), difference.shape)]
    return Error((difference.max() / size).item(), output=name, position=place)

"""Comparing: what a module gives back, by name, and how far two such results are apart."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from implementations.axes import Axes


def run(module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes) -> dict[str, Tensor]:
    """Return the outputs of a module by the names of its signature, without a record for gradients.

    Raises:
        FloatingPointError: An output overflowed or is not a number. Nothing can be concluded from a comparison with it.
    """
    with torch.no_grad():
        outputs = axes.named_outputs(module(**inputs))
    for name, value in outputs.items():
        if not value.isfinite().all():
            raise FloatingPointError(f"output {name} of {type(module).__name__} is not finite")
    return outputs


def relative_error(found: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> float:
    """Return the largest difference in any output, relative to the largest magnitude in that output.

    Example:
        >>> relative_error({"y": torch.tensor([1.0, 3.0])}, {"y": torch.tensor([1.0, 4.0])})
        0.25
    """
    errors = [
        (found[name] - value).abs().max() / value.abs().max().clamp_min(torch.finfo(torch.float64).tiny)
        for name, value in wanted.items()
    ]
    return torch.stack(errors).max().item()

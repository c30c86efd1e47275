"""Probe for affine dependence: the output is a linear function of the features plus a constant.

Definition: f((a + b) / 2) = (f(a) + f(b)) / 2 for all inputs a and b. All floating-point inputs with features are
changed together, so that a product of two inputs is not affine; symbols, labels and edges stay as they are. The error
is relative to the difference of the outputs, so that their constant part does not hide it.

Source: the lecture, S3 for the linear model; Montufar et al. 2014 (montufar2014linear) for networks that are
affine in pieces.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from implementations.biases.comparing import relative_error, run
from implementations.biases.features import features, scaled
from implementations.biases.situations import another, worst
from kb.probes import Axes, Error

SPREAD = 10.0  # the ends lie far apart, so that a weak non-linearity shows


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return how far the output at a midpoint is from the midpoint of the outputs, relative to their difference.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """
    return worst(lambda given: _error(module, given, axes, generator), module, inputs, axes, generator)


def _error(module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, generator: torch.Generator) -> Error:
    """Return the error half-way between these inputs and others that are far from them."""
    start, end = features(inputs, axes), features(scaled(another(inputs, axes, generator), axes, SPREAD), axes)
    middle = {name: (start[name] + end[name]) / 2 for name in start}
    at_start, at_middle, at_end = (run(module, {**inputs, **points}, axes) for points in (start, middle, end))
    means = {name: (at_start[name] + at_end[name]) / 2 for name in at_start}
    return relative_error(at_middle, means, at_end).at(spread=str(SPREAD))


class Form(nn.Module):
    """Affine map of two inputs, to which `bilinear` adds their product."""

    def __init__(self, generator: torch.Generator, bilinear: bool) -> None:
        super().__init__()
        self.bilinear = bilinear
        self.weight = nn.Parameter(torch.randn(4, 4, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor, u: Tensor) -> Tensor:
        """Map `[B, F]` and `[B, F]` to `[B, F]`."""
        y = x @ self.weight - u + 1
        return y + x * u if self.bilinear else y


def _case(bilinear: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    inputs = {name: torch.randn(3, 4, generator=generator, dtype=torch.float64) for name in ("x", "u")}
    axes = Axes(inputs={"x": ("B", "F"), "u": ("B", "F")}, outputs={"y": ("B", "F")}, acting=("F",))
    return Form(generator, bilinear), inputs, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return an affine map of two inputs."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return one that is affine in each input, but not in both."""
    return _case(True, generator)

"""Probe for positive homogeneity: a positive factor of the input is a factor of the output.

Definition: f(a x) = a f(x) for every a > 0 and every x, where x is all floating-point inputs with features together.
A small factor shows added constants, a large one saturation.

Source: Mohan et al. 2020 (mohan2020robust), for networks without additive constants.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from implementations.biases.comparing import relative_error, run
from implementations.biases.features import scaled
from implementations.biases.situations import worst
from kb.probes import Axes, Error

FACTORS = (0.01, 100.0)


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest difference of f(a x) from a f(x), relative to the latter, over the factors.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """
    return worst(lambda given: _error(module, given, axes), module, inputs, axes, generator)


def _error(module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes) -> Error:
    """Return the error for some inputs."""
    before = run(module, inputs, axes)
    errors = []
    for factor in FACTORS:
        after = run(module, scaled(inputs, axes, factor), axes)
        error = relative_error(after, {name: factor * value for name, value in before.items()})
        errors.append(error.at(factor=str(factor)))
    return max(errors)


class Rectifiers(nn.Module):
    """Two layers of rectified linear units that add up, with a constant added in between where `bias`."""

    def __init__(self, generator: torch.Generator, bias: bool) -> None:
        super().__init__()
        self.constant = 0.1 if bias else 0.0
        shapes = (4, 8), (8, 4)
        self.weights = nn.ParameterList(torch.randn(s, generator=generator, dtype=torch.float64) for s in shapes)

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, F]` to `[B, F]`."""
        return x + torch.relu(x @ self.weights[0] + self.constant) @ self.weights[1]


def _case(bias: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(3, 4, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "F")}, outputs={"y": ("B", "F")}, acting=("F",))
    return Rectifiers(generator, bias), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a residual layer of rectified linear units without biases."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return the same with small biases."""
    return _case(True, generator)

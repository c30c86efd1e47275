"""Probe for feature-shift invariance: a constant added to all features makes no difference to the output.

Definition: f(x + c 1) = f(x) for every number c and every x, where x is all floating-point inputs with features
together, and 1 has ones for all features at all positions.

Source: Zhang & Sennrich 2019 (zhang2019root), who call it re-centering invariance.
"""

import torch
from torch import Tensor, nn

from implementations.biases.comparing import relative_error, run
from implementations.biases.features import shifted
from implementations.biases.situations import another, worst
from kb.probes import Axes, Error

CONSTANTS = (1.0, -10.0)


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest relative change of the output over the constants.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """

    def measure(given: dict[str, Tensor]) -> Error:
        before, other = run(module, given, axes), run(module, another(given, axes, generator), axes)
        return max(
            relative_error(run(module, shifted(given, axes, constant), axes), before, other).at(added=str(constant))
            for constant in CONSTANTS
        )

    return worst(measure, module, inputs, axes, generator)


class Standardised(nn.Module):
    """Hyperbolic tangents of features that are centred, or only divided by their root mean square."""

    def __init__(self, generator: torch.Generator, centred: bool) -> None:
        super().__init__()
        self.centred = centred
        self.weight = nn.Parameter(torch.randn(6, 4, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, F]` to `[B, G]`."""
        x = x - x.mean(1, keepdim=True) if self.centred else x / x.square().mean(1, keepdim=True).sqrt()
        return torch.tanh(x @ self.weight)


def _case(centred: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(3, 6, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "F")}, outputs={"y": ("B", "G")}, acting=("F",))
    return Standardised(generator, centred), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a layer whose input is centred."""
    return _case(True, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a layer whose input is divided by its root mean square, as in RMSNorm."""
    return _case(False, generator)

"""Probe for scale invariance: a positive factor of the input makes no difference to the output.

Definition: f(a x) = f(x) for every a > 0 and every x, where x is all floating-point inputs with features together.
Normalisations divide by the root of a variance to which they add a small constant, which shows as an error of about
half of that constant divided by the variance. This error is tolerated. Larger inputs would make it smaller, but they
would also saturate every squashing unit, and a network of saturated units hardly depends on a factor either.

Source: Ba, Kiros & Hinton 2016, Table 1 (ba2016layer); Zhang & Sennrich 2019 (zhang2019root).
"""

import torch
from torch import Tensor, nn

from implementations.biases.comparing import relative_error, run
from implementations.biases.features import scaled
from implementations.biases.situations import another
from kb.probes import Axes

FACTORS = (0.25, 3.0, 100.0)
DRAWS = 16  # so that some input lies near the threshold of a unit, where a steep one is not saturated


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest relative change of the output over the factors.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-3
        True
    """
    errors = []
    for draw in range(DRAWS):
        given = another(inputs, axes, generator) if draw else inputs
        before = run(module, given, axes)
        for factor in FACTORS:
            error = relative_error(run(module, scaled(given, axes, factor), axes), before)
            errors.append(error.at(factor=str(factor), draw_of_inputs=draw))
    return max(errors)


class Standardised(nn.Module):
    """Hyperbolic tangents of features that are divided by their root mean square, or only centred."""

    def __init__(self, generator: torch.Generator, divided: bool) -> None:
        super().__init__()
        self.divided = divided
        self.weight = nn.Parameter(torch.randn(6, 4, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, F]` to `[B, G]`."""
        x = x / (x.square().mean(1, keepdim=True) + 1e-5).sqrt() if self.divided else x - x.mean(1, keepdim=True)
        return torch.tanh(x @ self.weight)


def _case(divided: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(3, 6, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "F")}, outputs={"y": ("B", "G")}, acting=("F",))
    return Standardised(generator, divided), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a layer whose input is divided by its root mean square."""
    return _case(True, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a layer whose input is centred; its units saturate for large inputs, which is not enough."""
    return _case(False, generator)

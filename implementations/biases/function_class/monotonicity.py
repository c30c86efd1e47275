"""Probe for monotonicity: where features grow, no output falls.

Definition: f(x) <= f(x') in every output wherever x <= x' in every feature. All floating-point inputs with features are
changed together; symbols, labels and edges stay as they are. Several inputs are tried, of which a random part of the
features grows, by much or by little; a fall is measured relative to the change of the outputs.

Source: Runje & Shankaranarayana 2023 (runje2023constrained), where outputs are monotone in some or all of the inputs.
"""

from collections.abc import Iterator, Mapping
from itertools import product

import torch
from torch import Tensor, nn

from implementations.biases.comparing import run
from implementations.biases.features import like
from implementations.biases.refuting import worst
from kb.probes import Axes, Error

SIZES = (10.0, 1.0, 0.1)  # by how much features grow
PAIRS = 4
SHARE = 0.3  # of the features that grow: one that lowers an output must not be hidden by others that raise it
CONSTANT = 1e-6  # a change that is smaller, relative to the output, is divided by this instead: it may be rounding


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return by how much an output falls while features grow, relative to the largest change of an output.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """

    def falls() -> Iterator[Error]:
        for size, _ in product(SIZES, range(PAIRS)):
            low, steps = (like(inputs, axes, generator) for _ in range(2))
            growing = {name: torch.rand(x.shape, generator=generator) < SHARE for name, x in low.items()}
            high = {name: x + size * steps[name].abs() * growing[name] for name, x in low.items()}
            yield fall(*(run(module, inputs | point, axes) for point in (low, high))).at(growth=str(size))

    return worst(falls())


def fall(low: Mapping[str, Tensor], high: Mapping[str, Tensor]) -> Error:
    """Return by how much an output is smaller at the higher inputs, relative to the largest change, and its place.

    Example:
        >>> round(fall({"y": torch.tensor([0.0, 1.0])}, {"y": torch.tensor([4.0, 0.0])}), 3)
        0.25
    """
    errors = []
    for name, value in low.items():
        lost = value - high[name]
        size = (lost.abs().max() + CONSTANT * value.abs().max()).clamp_min(torch.finfo(torch.float64).tiny)
        place = [int(index) for index in torch.unravel_index(lost.argmax(), lost.shape)]
        errors.append(Error(max(0.0, (lost.max() / size).item()), output=name, position=place))
    return max(errors)


class Layers(nn.Module):
    """Two layers with hyperbolic tangent, whose weights are exponentials; those of the second are not if `mixed`."""

    def __init__(self, generator: torch.Generator, mixed: bool) -> None:
        super().__init__()
        self.mixed = mixed
        self.first, self.second = (
            nn.Parameter(torch.randn(shape, generator=generator, dtype=torch.float64)) for shape in ((4, 8), (8, 3))
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, F]` to `[B, G]`."""
        return torch.tanh(x @ self.first.exp()) @ (self.second if self.mixed else self.second.exp())


def _case(mixed: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(3, 4, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "F")}, outputs={"y": ("B", "G")}, acting=("F",))
    return Layers(generator, mixed), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return increasing functions, added up with positive weights."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return increasing functions, added up with weights of either sign."""
    return _case(True, generator)

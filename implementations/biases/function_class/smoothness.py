"""Probe for smoothness: outputs and their slopes change without jumps along every line of inputs.

Definition: f is continuously differentiable in all floating-point inputs with features, for all weights. Along random
lines, the slope of a random projection of the outputs is computed at 33 points, by differentiation and not by
differences. The interval in which the slope, or the value, changes most is halved 30 times, always keeping the half
with the larger change. At a kink or a jump the change stays, however short the interval is; of a smooth function it
becomes as short as the interval. The error is the change that is left, relative to the largest on the line.

A kink that no line crosses, or whose change is hidden by larger ones, is missed: lines of two lengths are tried.

Source: Sitzmann et al. 2020 (sitzmann2020implicit), who need derivatives that are functions of the same kind.
"""

import torch
from torch import Tensor, nn

from implementations.biases.features import features, like
from implementations.biases.refuting import worst
from kb.probes import Axes, Error

POINTS, HALVINGS = 33, 30
LENGTHS = (3.0, 30.0)
TINY = 1e-12  # change of a slope on a whole line that is none

Sample = tuple[float, Tensor, Tensor]
"""A place on a line, the value there and the slope."""


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest jump of a slope or of a value, relative to the change along the whole line.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-6
        True
    """
    errors = []
    for length in LENGTHS:
        line = _Line(module, inputs, axes, generator)
        samples = [line.at(place) for place in torch.linspace(-length, length, POINTS).tolist()]
        for what in ("value", "slope"):
            errors.append(Error(_jump(line, samples, 1 if what == "value" else 2), of=what))
    return worst(errors)


class _Line:
    """A line of inputs, and the value and slope of a projection of the outputs along it."""

    def __init__(self, module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> None:
        self.module, self.inputs, self.axes = module, inputs, axes
        self.start, self.direction = features(inputs, axes), like(inputs, axes, generator)
        outputs = axes.named_outputs(module(**inputs))
        self.weights = {
            name: torch.randn(value.shape, generator=generator, dtype=torch.float64)
            for name, value in outputs.items()
            if value.is_floating_point()
        }

    def at(self, place: float) -> Sample:
        """Return the value and the slope at a place."""
        t = torch.tensor(place, dtype=torch.float64, requires_grad=True)
        moved = {name: x + t.to(x) * self.direction[name] for name, x in self.start.items()}
        outputs = self.axes.named_outputs(self.module(**{**self.inputs, **moved}))
        total = torch.stack([(outputs[name].double() * weight).sum() for name, weight in self.weights.items()]).sum()
        slope = torch.autograd.grad(total, t)[0] if total.requires_grad else torch.zeros_like(t)
        return place, total.detach(), slope


def _jump(line: _Line, samples: list[Sample], what: int) -> float:
    """Return the change that is left of the largest one when its interval is halved, relative to all on the line."""
    values = torch.stack([sample[what] for sample in samples])
    if not values.isfinite().all():
        raise FloatingPointError("the outputs are not finite on a line of inputs")
    changes = values.diff().abs()
    whole = float(values.max() - values.min())
    if whole <= TINY * max(1.0, float(values.abs().max())):
        return 0.0
    number = int(changes.argmax())
    low, high = samples[number], samples[number + 1]
    for _ in range(HALVINGS):
        middle = line.at((low[0] + high[0]) / 2)
        if abs(middle[what] - low[what]) > abs(high[what] - middle[what]):
            high = middle
        else:
            low = middle
    return float(abs(high[what] - low[what])) / whole


class Layers(nn.Module):
    """Two layers whose units are squashed or rectified."""

    def __init__(self, generator: torch.Generator, squashed: bool) -> None:
        super().__init__()
        self.unit = torch.tanh if squashed else torch.relu
        self.first, self.last = (
            nn.Parameter(torch.randn(4, 4, generator=generator, dtype=torch.float64)) for _ in range(2)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, F]` to `[B, F]`."""
        return self.unit(x @ self.first) @ self.last


def _case(squashed: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(3, 4, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "F")}, outputs={"y": ("B", "F")}, acting=("F",))
    return Layers(generator, squashed), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a network of hyperbolic tangents, which has derivatives of every order."""
    return _case(True, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a network of rectified units, whose slope jumps wherever one of them turns on."""
    return _case(False, generator)

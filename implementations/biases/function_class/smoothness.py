"""Probe for smoothness: outputs and their slopes change without jumps along every line of inputs.

Definition: f is continuously differentiable in all floating-point inputs with features, for all weights. Along random
lines, the value and the slope of a random projection of the outputs are computed at 33 points; the slope by
differentiation, not by differences. The interval in which it changes most is cut into four, and of these the one with
the largest change is cut again, until it is 3e-11 of the line. Of a smooth function the change becomes as small as the
interval, and once it is small the search ends. At a kink or a jump it stays, however short the interval is. The error
is 1 if it has not halved while the interval became a thousandth, and else what is left of it, relative to the largest
change on the line. A change that may be one of rounding counts as none.

A kink that no line crosses is missed, and so is one that larger changes hide: lines of two lengths are tried.

Source: Sitzmann et al. 2020 (sitzmann2020implicit), who need derivatives that are functions of the same kind.
"""

from collections.abc import Iterator

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.biases.features import features
from implementations.biases.points import Function, spread_over
from implementations.biases.refuting import worst
from kb.probes import Axes, Error

POINTS, PIECES = 33, 4
LENGTHS = (3.0, 30.0)
FINEST = 3e-11  # length of the last interval, relative to the line
SMALL = 1e-8  # a change, relative to that of the whole line, at which no jump can be left
CUTS, STAYS = 5, 0.5  # over the last five cuts, by which an interval becomes a thousandth, a jump stays as it is
ROUNDING = 1e-11  # a change, relative to the largest value or slope, that may be one of rounding
TINY = 1e-12  # change of a slope on a whole line that is none
NUMBERS = 1 << 17  # of inputs that are computed side by side, beyond the first point


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest jump of a slope or of a value, relative to the change along the whole line.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-6
        True
    """
    function = Function(module, inputs, axes, features(inputs, axes))

    def errors() -> Iterator[Error]:
        for length in LENGTHS:
            yield from _errors(_Line(function, generator), length)

    return worst(errors())


class _Line:
    """A random line of inputs, and the values and slopes of a projection of the outputs along it."""

    def __init__(self, function: Function, generator: torch.Generator) -> None:
        self.function, self.start = function, function.moving
        self.direction = {
            name: torch.randn(x.shape, generator=generator, dtype=x.dtype) for name, x in self.start.items()
        }
        self.most = max(1, NUMBERS // sum(x.numel() for x in self.start.values()))
        outputs = function.axes.named_outputs(function.module(**function.inputs))
        self.projection = torch.cat(
            [
                value.is_floating_point() * torch.randn(value.numel(), generator=generator, dtype=torch.float64)
                for value in outputs.values()
            ]
        )

    def at(self, places: Float[Tensor, " places"]) -> Float[Tensor, "2 places"]:
        """Return the values and the slopes at some places."""
        parts = []
        for some in places.split(self.most):
            t = some.clone().requires_grad_()
            points = {
                name: x + spread_over(t.to(x), self.direction[name].expand(len(t), *x.shape))
                for name, x in self.start.items()
            }
            values = self.function(points).double() @ self.projection
            slopes = torch.autograd.grad(values.sum(), t)[0] if values.requires_grad else torch.zeros_like(t)
            parts.append(torch.stack([values.detach(), slopes]))
        return torch.cat(parts, 1)


def _errors(line: _Line, length: float) -> Iterator[Error]:
    """Yield the errors of the value and of the slope, after the interval of the largest change was cut again and again.

    Raises:
        FloatingPointError: A value or a slope on the line is not finite.
    """
    low, width = torch.full((2,), -length, dtype=torch.float64), 2 * length
    rows = line.at(torch.linspace(-length, length, POINTS, dtype=torch.float64))
    if not rows.isfinite().all():
        raise FloatingPointError("the outputs are not finite on a line of inputs")
    whole, least = rows.amax(1) - rows.amin(1), ROUNDING * rows.abs().amax(1)
    whole = whole.where(whole > TINY * rows.abs().amax(1).clamp_min(1.0), torch.inf)  # it is constant
    small = torch.maximum(SMALL * whole, least)
    changes: list[Tensor] = []
    while width > FINEST * 2 * length and not (changes and (changes[-1] <= small).all()):
        width /= rows.shape[1] - 1
        change, number = rows.diff(dim=1).abs().max(1)
        changes.append(change)
        low = low + width * number
        inside = low[:, None] + width / PIECES * torch.arange(1, PIECES)
        values, slopes = line.at(inside.flatten()).unflatten(1, inside.shape)
        ends = [rows.gather(1, place[:, None]) for place in (number, number + 1)]
        rows = torch.cat([ends[0], torch.stack([values[0], slopes[1]]), ends[1]], 1)
    left = (changes[-1] / whole).where(changes[-1] > least, 0.0)
    stays = (changes[-1] > small) & (changes[-1] > STAYS * changes[-1 - min(CUTS, len(changes) - 1)])
    for of, error, jump in zip(("value", "slope"), left.tolist(), stays.tolist(), strict=True):
        yield Error(1.0, of=of, jump=f"{error:.2g}") if jump else Error(error, of=of)


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

"""Probe for convexity in the input: between two inputs no output exceeds the line that joins its values.

Definition: f((a + b) / 2) <= (f(a) + f(b)) / 2 in every output, for all inputs a and b. All floating-point inputs with
features are changed together; symbols, labels and edges stay as they are. Several pairs are tried, far apart and close
together, first in random directions and then in directions in which the excess grows. It is measured relative to the
change of the outputs between the two.

Source: Amos, Xu & Kolter 2017 (amos2017input), where outputs are convex in some or all of the inputs.
"""

from collections.abc import Iterator, Mapping
from itertools import product

import torch
from torch import Tensor, nn

from implementations.biases.comparing import run
from implementations.biases.features import like
from implementations.biases.refuting import worst
from kb.probes import Axes, Error

SIZES = (10.0, 1.0, 0.1)  # distances within a pair
PAIRS = 4
STEPS = 8  # that improve the direction of a pair, after random directions showed nothing
STEP = 0.3  # length of such a step, relative to that of the pair
CONSTANT = 1e-6  # a change that is smaller, relative to the output, is divided by this instead: it may be rounding


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return by how much an output at a midpoint exceeds the mean of those at the ends, relative to their change.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """

    def excesses() -> Iterator[Error]:
        for steps, size, _ in product((0, STEPS), SIZES, range(PAIRS)):
            middle, half = (like(inputs, axes, generator) for _ in range(2))
            half = {name: size * value for name, value in half.items()}
            for _ in range(steps):
                half = _turned(module, inputs, axes, middle, half)
            outputs = (run(module, inputs | point, axes) for point in _points(middle, half))
            yield excess(*outputs).at(distance=str(size))

    return worst(excesses())


def _points(middle: Mapping[str, Tensor], half: Mapping[str, Tensor]) -> list[dict[str, Tensor]]:
    """Return the two ends of a segment, with its midpoint between them."""
    return [{name: middle[name] + sign * half[name] for name in middle} for sign in (-1, 0, 1)]


def _turned(
    module: nn.Module,
    inputs: Mapping[str, Tensor],
    axes: Axes,
    middle: Mapping[str, Tensor],
    half: Mapping[str, Tensor],
) -> dict[str, Tensor]:
    """Return half a segment of the same length, in a direction in which the largest excess grows."""
    half = {name: value.detach().requires_grad_() for name, value in half.items()}
    low, value, high = (axes.named_outputs(module(**inputs | point)) for point in _points(middle, half))
    largest = torch.stack([(value[name] - (low[name] + high[name]) / 2).max() for name in value]).max()
    if not largest.requires_grad:
        return half
    slopes = torch.autograd.grad(largest, list(half.values()), allow_unused=True, materialize_grads=True)
    length, steepness = (torch.stack([x.norm() for x in values]).norm() for values in (half.values(), slopes))
    if not 0 < steepness < torch.inf:
        return half
    ahead = {name: x + STEP * length / steepness * slope for (name, x), slope in zip(half.items(), slopes, strict=True)}
    stretch = length / torch.stack([x.norm() for x in ahead.values()]).norm()
    return {name: (stretch * x).detach() for name, x in ahead.items()}


def excess(low: Mapping[str, Tensor], middle: Mapping[str, Tensor], high: Mapping[str, Tensor]) -> Error:
    """Return the largest excess of an output at the midpoint over the mean of those at the ends, and its place.

    Example:
        >>> low, middle, high = ({"y": torch.tensor([value])} for value in (0.0, 1.0, 1.0))
        >>> round(excess(low, middle, high), 3)
        0.5
    """
    errors = []
    for name, value in middle.items():
        above = value - (low[name] + high[name]) / 2
        change = torch.maximum((low[name] - value).abs(), (high[name] - value).abs()).max()
        size = (change + CONSTANT * value.abs().max()).clamp_min(torch.finfo(torch.float64).tiny)
        place = [int(index) for index in torch.unravel_index(above.argmax(), above.shape)]
        errors.append(Error(max(0.0, (above.max() / size).item()), output=name, position=place))
    return max(errors)


class Layers(nn.Module):
    """Two layers with softplus; the weights of the second are squared if `nonnegative`."""

    def __init__(self, generator: torch.Generator, nonnegative: bool) -> None:
        super().__init__()
        self.nonnegative = nonnegative
        self.first, self.second = (
            nn.Parameter(torch.randn(shape, generator=generator, dtype=torch.float64)) for shape in ((4, 8), (8, 3))
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, F]` to `[B, G]`."""
        second = self.second.square() if self.nonnegative else self.second
        return nn.functional.softplus(x @ self.first) @ second


def _case(nonnegative: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(3, 4, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "F")}, outputs={"y": ("B", "G")}, acting=("F",))
    return Layers(generator, nonnegative), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a sum of convex functions with weights that are not negative."""
    return _case(True, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return one with weights of either sign."""
    return _case(False, generator)

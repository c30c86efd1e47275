"""Probe for non-expansiveness: two outputs are never farther apart than the inputs that they come from.

Definition: |f(a) - f(b)| <= |a - b| for all inputs a and b, with the Euclidean norm of all outputs, and of all
floating-point inputs with features. It is said of all weights: networks with small weights contract by chance, so that
larger weights are tried as well, in all parameters and in one at a time. Only pairs of inputs are compared. Some are
found by halving a segment, of which one half is at least as steep as the whole, so that a jump is noticed; others lie
close together in a direction that power iteration makes the steepest. What the difference of two outputs may owe to
rounding is taken off: with a bias of 1e5, that of near outputs is mostly rounding.

Source: Anil, Lucas & Grosse 2019 (anil2019sorting); Miyato et al. 2018 (miyato2018spectral).
"""

from collections.abc import Iterator, Mapping
from itertools import product

import torch
from torch import Tensor, nn

from implementations.biases.comparing import run
from implementations.biases.features import like
from implementations.biases.refuting import worst
from implementations.biases.reweighting import Reweighted, weights_of
from kb.probes import Axes, Error

FACTORS = (1.0, 3.0, 10.0, 100.0)  # of all weights
LARGE = (1e3, 1e5)  # factors of one parameter
SIZES = (1.0, 1e-3)  # of the inputs
HALVINGS, ITERATIONS = 12, 4
NEAR = 1e-3  # distance of the pairs in power iteration, relative to the size of the inputs
ROUNDING = 1e-14  # of outputs, relative to their size, after some layers in double precision


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return by which share the distance of two outputs exceeds that of their inputs.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """

    def stretches() -> Iterator[Error]:
        for place, weights in _settings(module):
            weighted = Reweighted(module, weights)
            for size in SIZES:
                for slope in _slopes(weighted, inputs, axes, size, generator):
                    yield Error(max(0.0, slope - 1), weights=place)

    return worst(stretches())


def _settings(module: nn.Module) -> Iterator[tuple[str, dict[str, Tensor]]]:
    """Yield weights, and what they are: all multiplied by a factor, or one parameter by a large one, the last first."""
    drawn = weights_of(module)
    for factor in FACTORS:
        yield f"{factor:g} times all", {name: factor * value for name, value in drawn.items()}
    for factor, name in product(LARGE, reversed(drawn)):
        yield f"{factor:g} times {name}", {name: factor * drawn[name]}


def _slopes(
    module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, size: float, generator: torch.Generator
) -> Iterator[float]:
    """Yield slopes between two inputs, found by halving and by power iteration."""
    low, high = ({n: size * x for n, x in like(inputs, axes, generator).items()} for _ in range(2))
    at_low, at_high = (_joined(run(module, {**inputs, **point}, axes)) for point in (low, high))
    for _ in range(HALVINGS):
        yield _slope(at_low, at_high, low, high)
        middle = {name: (low[name] + high[name]) / 2 for name in low}
        at_middle = _joined(run(module, {**inputs, **middle}, axes))
        if (at_middle - at_low).norm() > (at_high - at_middle).norm():
            high, at_high = middle, at_middle
        else:
            low, at_low = middle, at_middle
    direction = like(inputs, axes, generator)
    for _ in range(ITERATIONS):
        step = NEAR * size / _joined(direction).norm().clamp_min(torch.finfo(torch.float64).tiny)
        low, high = ({name: middle[name] + sign * step * direction[name] for name in middle} for sign in (-1, 1))
        at_low, at_high = (_joined(run(module, {**inputs, **point}, axes)) for point in (low, high))
        yield _slope(at_low, at_high, low, high)
        direction = _pulled_back(module, inputs, axes, middle, at_high - at_low)


def _slope(at_low: Tensor, at_high: Tensor, low: Mapping[str, Tensor], high: Mapping[str, Tensor]) -> float:
    """Return the least distance of two outputs, relative to that of their inputs; 0 if these are the same."""
    distance = _joined({name: high[name] - low[name] for name in low}).norm()
    rounding = ROUNDING * (at_low.norm() + at_high.norm())
    return ((at_high - at_low).norm().sub(rounding).clamp_min(0) / distance).item() if distance > 0 else 0.0


def _pulled_back(
    module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, point: Mapping[str, Tensor], change: Tensor
) -> dict[str, Tensor]:
    """Return the transposed Jacobian times a change of the outputs: a direction that is steeper than the last."""
    numbers = {name: value.detach().requires_grad_() for name, value in point.items()}
    outputs = _joined(axes.named_outputs(module(**{**inputs, **numbers})))
    if not outputs.requires_grad:
        return {name: torch.zeros_like(value) for name, value in point.items()}
    found = torch.autograd.grad(outputs @ change, list(numbers.values()), allow_unused=True, materialize_grads=True)
    return dict(zip(numbers, found, strict=True))


def _joined(tensors: Mapping[str, Tensor]) -> Tensor:
    return torch.cat([value.flatten().double() for value in tensors.values()])


class Sorted(nn.Module):
    """A matrix, divided by its largest singular value if `bounded`, sorting of the features, and a shift."""

    def __init__(self, generator: torch.Generator, bounded: bool) -> None:
        super().__init__()
        self.bounded = bounded
        self.weight, self.bias = (
            nn.Parameter(0.1 * torch.randn(shape, generator=generator, dtype=torch.float64)) for shape in ((4, 4), (4,))
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, F]` to `[B, F]`."""
        weight = self.weight / torch.linalg.matrix_norm(self.weight, 2) if self.bounded else self.weight
        return (x @ weight).sort(1).values + self.bias


def _case(bounded: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(3, 4, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "F")}, outputs={"y": ("B", "F")}, acting=("F",))
    return Sorted(generator, bounded), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a layer whose matrix has the norm one; sorting does not stretch distances."""
    return _case(True, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return the same with any matrix: it contracts at the weights that are drawn, but not at larger ones."""
    return _case(False, generator)

"""Probe for piecewise linearity: the function is affine around almost every input.

Definition: for almost every input x and every direction d, the second difference f(x + h d) - 2 f(x) + f(x - h d) is
zero for all h small enough. Equivalently the derivative is the same at x and at x + h d, which is measured: taken
analytically, it loses no digits to h. All floating-point inputs with features are changed together. The change of the
derivative is taken relative to its size and to h. Of two lengths h the smaller change counts: a short segment crosses
few kinks, a long one shows a weak curvature above rounding errors. A few segments may cross a kink even so, and the
error is the second largest of eleven. Large inputs are tried as well, where a weak curvature adds up.

Source: Montufar et al. 2014 (montufar2014linear); the lecture, S4.
"""

import math
from collections.abc import Mapping
from contextlib import suppress

import torch
from torch import Tensor, nn

from implementations.biases.features import like
from implementations.biases.influence import gradients, with_gradients
from kb.probes import Axes, Error

STEPS = (1e-5, 1e-8)
SEGMENTS = 11
PASSED_OVER = 1
CURVED = 0.01
LARGE = 1e6


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the relative change of the derivative per unit of length, over short random segments.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-7
        True
    """
    found = [_bend_on(1.0, module, inputs, axes, generator)]
    if found[0] < CURVED:
        with suppress(FloatingPointError):  # what overflows on large inputs says nothing
            found.append(_bend_on(LARGE, module, inputs, axes, generator))
    return max(found)


def _bend_on(
    scale: float, module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, generator: torch.Generator
) -> Error:
    """Return the largest change but one, over segments near inputs of one size, as far as it takes to know."""
    bends: list[Error] = []
    for place in range(SEGMENTS):
        bends = sorted([*bends, _bend(scale, module, inputs, axes, generator).at(segment=place)])
        if place >= PASSED_OVER and bends[-1 - PASSED_OVER] >= CURVED:
            break
    return bends[-1 - PASSED_OVER].at(scale=str(scale))


def _bend(
    scale: float, module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, generator: torch.Generator
) -> Error:
    moving = with_gradients(inputs, axes)
    start, direction = (like(inputs, axes, generator) for _ in range(2))
    seed = int(torch.randint(2**31, (1,), generator=generator))  # all derivatives are of the same projection
    slopes = []
    for step in (0.0, *STEPS):
        points = {name: scale * (inputs[name] + start[name] + step * direction[name]) for name in moving}
        points = with_gradients(points, axes)
        outputs = axes.named_outputs(module(**{**inputs, **points}))
        found = gradients(list(outputs.values()), list(points.values()), torch.Generator().manual_seed(seed))
        slopes.append(torch.cat([gradient.flatten() for gradient in found]))
    size = slopes[0].abs().max().clamp_min(torch.finfo(torch.float64).tiny)
    changes = [
        ((slope - slopes[0]).abs().max() / size / step).item() for slope, step in zip(slopes[1:], STEPS, strict=True)
    ]
    if not all(map(math.isfinite, changes)):
        raise FloatingPointError(f"a derivative of {type(module).__name__} is not finite")
    return Error(min(changes))


class TwoLayers(nn.Module):
    """Two linear maps with a non-linearity between them."""

    def __init__(self, generator: torch.Generator, activation: str) -> None:
        super().__init__()
        self.activation = {"relu": torch.relu, "tanh": torch.tanh}[activation]
        shapes = (4, 8), (8, 3)
        self.weights = nn.ParameterList(torch.randn(s, generator=generator, dtype=torch.float64) for s in shapes)

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, F]` to `[B, G]`."""
        return self.activation(x @ self.weights[0]) @ self.weights[1]


def _case(activation: str, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(3, 4, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "F")}, outputs={"y": ("B", "G")}, acting=("F",))
    return TwoLayers(generator, activation), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a network of rectified linear units."""
    return _case("relu", generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a network of hyperbolic tangents."""
    return _case("tanh", generator)

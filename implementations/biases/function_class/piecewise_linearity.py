"""Probe for piecewise linearity: the function is affine around almost every input.

Definition: for almost every input x and every direction d, the second difference f(x + h d) - 2 f(x) + f(x - h d) is
zero for all h small enough. Equivalently the derivative is the same at x and at x + h d, which is measured: taken
analytically, it loses no digits to h. All floating-point inputs with features are changed together. The error is the
change of the derivative relative to its size and to h, as a median over segments, because a few may cross the boundary
of a region.

Source: Montufar et al. 2014 (montufar2014linear); the lecture, S4.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from implementations.biases.influence import gradients, with_gradients
from kb.probes import Axes

STEP = 1e-5
SEGMENTS = 7


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the median, over short random segments, of the relative change of the derivative per unit of length.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-7
        True
    """
    bends = [_bend(module, inputs, axes, generator) for _ in range(SEGMENTS)]
    return sorted(bends)[SEGMENTS // 2]


def _bend(module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    moving = with_gradients(inputs, axes)
    start, direction = (
        {name: torch.randn(x.shape, generator=generator, dtype=x.dtype) for name, x in moving.items()} for _ in range(2)
    )
    seed = int(torch.randint(2**31, (1,), generator=generator))  # both derivatives are of the same projection
    slopes = []
    for step in (0.0, STEP):
        points = {name: inputs[name] + start[name] + step * direction[name] for name in moving}
        points = with_gradients(points, axes)
        outputs = axes.named_outputs(module(**{**inputs, **points}))
        found = gradients(list(outputs.values()), list(points.values()), torch.Generator().manual_seed(seed))
        slopes.append(torch.cat([gradient.flatten() for gradient in found]))
    size = slopes[0].abs().max().clamp_min(torch.finfo(torch.float64).tiny)
    return ((slopes[1] - slopes[0]).abs().max() / size / STEP).item()


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

"""Probe for rotation equivariance: rotating the input by 90 degrees rotates the output by 90 degrees.

Definition: f(R x) = R f(x) for every rotation R of the plane by a multiple of 90 degrees, in the plane of every two
space axes; an output without these axes is unchanged. The rotation by 90 degrees generates the others, so only this one
is tried. On a grid these are the rotations that map pixels to pixels: nothing is interpolated or cut off.

Source: Cohen & Welling 2016, sec. 4 (cohen2016group): the group p4 and its quarter turns.
"""

from collections.abc import Mapping
from itertools import combinations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.biases.comparing import relative_error, run
from implementations.biases.grading import Graded, rotation
from implementations.biases.resizing import REFUSALS
from implementations.biases.situations import another, worst
from kb.probes import Axes, Error


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest relative error over the planes of two space axes.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """
    return rotation_error(module, inputs, axes, generator)


def rotation_error(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> Error:
    """Return the error of f(R x) = R f(x), on several scales and sizes, relative to how much the output varies."""

    def measure(given: dict[str, Tensor]) -> Error:
        other = run(module, another(given, axes, generator), axes)
        return max(_error_in(plane, module, given, other, axes) for plane in combinations(axes.acting, 2))

    return worst(measure, module, inputs, axes, generator)


def _error_in(
    plane: tuple[str, str], module: nn.Module, inputs: Mapping[str, Tensor], other: Mapping[str, Tensor], axes: Axes
) -> Error:
    """Return the error for some inputs; 1 where the rotated input is refused."""
    before = turned(run(module, inputs, axes), axes.outputs, plane)
    other = turned(other, axes.outputs, plane)
    try:
        after = run(module, turned(inputs, axes.inputs, plane), axes)
    except REFUSALS:  # height and width are not interchangeable
        return Error(1.0, axis=" ".join(plane))
    same_grid = all(after[name].shape == wanted.shape for name, wanted in before.items())
    return (relative_error(after, before, other) if same_grid else Error(1.0)).at(axis=" ".join(plane))


def turned(
    tensors: Mapping[str, Tensor], letters: Mapping[str, tuple[str, ...]], plane: tuple[str, str]
) -> dict[str, Tensor]:
    """Return tensors, with those that have both letters of the plane rotated by 90 degrees.

    Example:
        >>> turned({"x": torch.tensor([[1, 2], [3, 4]])}, {"x": ("H", "W")}, ("H", "W"))
        {'x': tensor([[2, 4],
                [1, 3]])}
    """
    dims = {name: [letters[name].index(letter) for letter in plane if letter in letters[name]] for name in tensors}
    return {name: x.rot90(1, dims[name]) if len(dims[name]) == 2 else x for name, x in tensors.items()}


def curve(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> list[Graded]:
    """Return what is done to images, by how much, and the errors relative to the variation of the output."""
    return [rotation(module, inputs, axes, generator)]


class Convolution(nn.Module):
    """Convolution of an image with zero padding; its filter looks the same from four sides where `symmetric`."""

    def __init__(self, generator: torch.Generator, symmetric: bool) -> None:
        super().__init__()
        self.symmetric = symmetric
        self.weight = nn.Parameter(torch.randn(4, 2, 3, 3, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, C, H, W]` to `[B, D, H, W]`."""
        turns = [self.weight.rot90(turn, (2, 3)) for turn in range(4 if self.symmetric else 1)]
        return torch.relu(F.conv2d(x, torch.stack(turns).mean(0), padding=1))


def _case(symmetric: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(2, 2, 7, 6, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "C", "H", "W")}, outputs={"y": ("B", "D", "H", "W")}, acting=("H", "W"))
    return Convolution(generator, symmetric), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a convolution whose filters are symmetric under rotations by 90 degrees, as is the zero padding."""
    return _case(True, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return an ordinary convolution."""
    return _case(False, generator)

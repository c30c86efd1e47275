"""Probe for translation equivariance: a shifted input gives an equally shifted output.

Definition: f(T_s x) = T_s f(x) for every circular shift s along every space axis. A shift by one step generates all of
them, so only this one is tried. The output of a module with stride k would have to move by 1/k of a position, which is
not a whole shift. All whole shifts are tried, and such a module has the bias only if one of them fits.

Source: Cohen & Welling 2016 (cohen2016group) for equivariance; the lecture, S17 for convolution.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.biases.comparing import relative_error, run
from implementations.biases.grading import Graded, deformation, translation
from implementations.biases.reordering import reorder, shift, size_of
from implementations.biases.situations import another, worst
from kb.probes import Axes, Error


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest relative error over the space axes.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """

    def measure(given: dict[str, Tensor]) -> Error:
        before, other = run(module, given, axes), run(module, another(given, axes, generator), axes)
        return max(_error_along(letter, module, given, before, other, axes) for letter in axes.acting)

    return worst(measure, module, inputs, axes, generator)


def _error_along(
    letter: str,
    module: nn.Module,
    inputs: Mapping[str, Tensor],
    before: Mapping[str, Tensor],
    other: Mapping[str, Tensor],
    axes: Axes,
) -> Error:
    moved = reorder(inputs, axes.inputs, {letter: shift(size_of(letter, inputs, axes.inputs))})
    after = run(module, moved, axes)
    size = size_of(letter, before, axes.outputs)
    steps = range(size) if axes.strides.get(letter, 1) > 1 else [1]
    orders = [{letter: shift(size, step)} for step in steps]
    errors = (
        relative_error(after, reorder(before, axes.outputs, order), reorder(other, axes.outputs, order))
        for order in orders
    )
    return min(errors).at(axis=letter, shift=1)


def curve(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> list[Graded]:
    """Return what is done to images, by how much, and the errors relative to the variation of the output."""
    return [translation(module, inputs, axes, generator), deformation(module, inputs, axes, generator)]


class Convolution(nn.Module):
    """Convolution of a signal followed by a rectified linear unit, with circular or zero padding."""

    def __init__(self, generator: torch.Generator, padding: str) -> None:
        super().__init__()
        self.mode = {"circular": "circular", "zeros": "constant"}[padding]
        self.weight = nn.Parameter(torch.randn(4, 2, 3, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, C, L]` to `[B, D, L]`."""
        return torch.relu(F.conv1d(F.pad(x, (1, 1), mode=self.mode), self.weight))


def _case(padding: str, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(2, 2, 9, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "C", "L")}, outputs={"y": ("B", "D", "L")}, acting=("L",))
    return Convolution(generator, padding), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a convolution that wraps around."""
    return _case("circular", generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a convolution that pads with zeros: what leaves at one end is replaced by zeros at the other."""
    return _case("zeros", generator)

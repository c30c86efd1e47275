"""Probe for translation invariance: a shifted input gives the same output.

Definition: f(T_s x) = f(x) for every circular shift s along every space axis, where no output has such an axis. A
shift by one step generates all others; one by half the axis is tried as well, because it moves an output that depends
on position further.

Source: the lecture, S17, and Cohen & Welling 2016 (cohen2016group): invariance is the equivariance whose output
does not move.
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
    """Return the largest relative change of the output over the space axes and two shifts.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """

    def measure(given: dict[str, Tensor]) -> Error:
        return _error(module, given, run(module, another(given, axes, generator), axes), axes)

    return worst(measure, module, inputs, axes, generator)


def _error(module: nn.Module, inputs: Mapping[str, Tensor], other: Mapping[str, Tensor], axes: Axes) -> Error:
    """Return the error for some inputs, relative to the difference from the outputs for others."""
    before = run(module, inputs, axes)
    sizes = {letter: size_of(letter, inputs, axes.inputs) for letter in axes.acting}
    errors = []
    for letter, size in sizes.items():
        for steps in (1, size // 2):
            after = run(module, reorder(inputs, axes.inputs, {letter: shift(size, steps)}), axes)
            errors.append(relative_error(after, before, other).at(axis=letter, shift=steps))
    return max(errors)


def curve(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> list[Graded]:
    """Return what is done to images, by how much, and the errors relative to the variation of the output."""
    return [translation(module, inputs, axes, generator), deformation(module, inputs, axes, generator)]


class PooledConvolution(nn.Module):
    """Convolution of an image, rectified linear unit, mean over all positions; with circular or zero padding."""

    def __init__(self, generator: torch.Generator, padding: str) -> None:
        super().__init__()
        self.mode = {"circular": "circular", "zeros": "constant"}[padding]
        self.weight = nn.Parameter(torch.randn(4, 2, 3, 3, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, C, H, W]` to `[B, K]`."""
        return torch.relu(F.conv2d(F.pad(x, (1, 1, 1, 1), mode=self.mode), self.weight)).mean((2, 3))


def _case(padding: str, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(2, 2, 7, 6, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "C", "H", "W")}, outputs={"y": ("B", "K")}, acting=("H", "W"))
    return PooledConvolution(generator, padding), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a convolution that wraps around, pooled over all positions."""
    return _case("circular", generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return one that pads with zeros: pooling does not undo the effect of the border."""
    return _case("zeros", generator)

"""Probe for rotation invariance: rotating the input by 90 degrees does not change the output.

Definition: f(R x) = f(x) for every rotation R of the plane by a multiple of 90 degrees, in the plane of every two space
axes, where no output has a space axis. The rotation by 90 degrees generates the others.

Source: Cohen & Welling 2016 (cohen2016group): invariance is the equivariance whose output does not rotate.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.biases.grading import Graded, rotation
from implementations.biases.symmetry.rotation_equivariance import rotation_error
from kb.probes import Axes


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest relative change of the output over the planes of two space axes.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """
    return rotation_error(module, inputs, axes, generator)


def curve(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> list[Graded]:
    """Return what is done to images, by how much, and the errors relative to the variation of the output."""
    return [rotation(module, inputs, axes, generator)]


class Pooled(nn.Module):
    """Convolution of an image, rectified linear unit, mean over all positions, maximum over the rotated filters.

    Args:
        generator: Source of the filters.
        turns: How many of the four orientations of each filter are used.
    """

    def __init__(self, generator: torch.Generator, turns: int) -> None:
        super().__init__()
        self.turns = turns
        self.weight = nn.Parameter(torch.randn(4, 2, 3, 3, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, C, H, W]` to `[B, K]`."""
        filters = [self.weight.rot90(turn, (2, 3)) for turn in range(self.turns)]
        answers = [torch.relu(F.conv2d(x, turned, padding=1)).mean((2, 3)) for turned in filters]
        return torch.stack(answers).amax(0)


def _case(turns: int, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(2, 2, 7, 6, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "C", "H", "W")}, outputs={"y": ("B", "K")}, acting=("H", "W"))
    return Pooled(generator, turns), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a read-out that applies every filter in all four orientations, and takes the largest response."""
    return _case(4, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return one with a single orientation: pooling discards the position of a pattern, but not its orientation."""
    return _case(1, generator)

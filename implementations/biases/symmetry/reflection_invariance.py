"""Probe for reflection invariance: flipping the input along an axis does not change the output.

Definition: f(M x) = f(x) for the reflection M that reverses the positions of one space axis, for each space axis, where
no output has a space axis.

Source: Cohen & Welling 2016 (cohen2016group): invariance is the equivariance whose output does not change.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.biases.symmetry import reflection_equivariance
from kb.probes import Axes


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest relative change of the output over the space axes.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """
    return reflection_equivariance.probe(module, inputs, axes, generator)


class Pooled(nn.Module):
    """Convolution of an image, rectified linear unit, mean over all positions, and over mirror images of the filters.

    Args:
        generator: Source of the filters.
        flips: Along which axes of an image each filter is reversed, one set for each mirror image.
    """

    def __init__(self, generator: torch.Generator, flips: tuple[tuple[int, ...], ...]) -> None:
        super().__init__()
        self.flips = flips
        self.weight = nn.Parameter(torch.randn(4, 2, 3, 3, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, C, H, W]` to `[B, K]`."""
        filters = [self.weight.flip(flip) for flip in self.flips]
        answers = [torch.relu(F.conv2d(x, mirrored, padding=1)).mean((2, 3)) for mirrored in filters]
        return torch.stack(answers).mean(0)


def _case(flips: tuple[tuple[int, ...], ...], generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(2, 2, 7, 6, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "C", "H", "W")}, outputs={"y": ("B", "K")}, acting=("H", "W"))
    return Pooled(generator, flips), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a read-out that applies every filter and its three mirror images."""
    return _case(((), (2,), (3,), (2, 3)), generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return one that applies the filter and the one rotated by 180 degrees, which is no reflection."""
    return _case(((), (2, 3)), generator)

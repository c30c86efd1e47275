"""Probe for reflection equivariance: flipping the input along an axis flips the output along it.

Definition: f(M x) = M f(x) for the reflection M that reverses the positions of one space axis, for each space axis; an
output without the axis is unchanged.

Source: Cohen & Welling 2016 (cohen2016group): the group p4m and its reflections.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.biases.comparing import relative_error, run
from kb.probes import Axes


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest relative error over the space axes.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """
    before = run(module, inputs, axes)
    errors = []
    for letter in axes.acting:
        after = run(module, mirrored(inputs, axes.inputs, letter), axes)
        errors.append(relative_error(after, mirrored(before, axes.outputs, letter)).at(axis=letter))
    return max(errors)


def mirrored(tensors: Mapping[str, Tensor], letters: Mapping[str, tuple[str, ...]], letter: str) -> dict[str, Tensor]:
    """Return tensors, with those that have the letter reversed along it.

    Example:
        >>> mirrored({"x": torch.tensor([[1, 2], [3, 4]])}, {"x": ("H", "W")}, "W")
        {'x': tensor([[2, 1],
                [4, 3]])}
    """
    return {name: x.flip(letters[name].index(letter)) if letter in letters[name] else x for name, x in tensors.items()}


class Convolution(nn.Module):
    """Convolution of an image with zero padding; its filter is mirror symmetric along height, and width if `both`."""

    def __init__(self, generator: torch.Generator, both: bool) -> None:
        super().__init__()
        self.both = both
        self.weight = nn.Parameter(torch.randn(4, 2, 3, 3, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, C, H, W]` to `[B, D, H, W]`."""
        weight = self.weight + self.weight.flip(2)
        return torch.relu(F.conv2d(x, weight + weight.flip(3) if self.both else weight, padding=1))


def _case(both: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(2, 2, 7, 6, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "C", "H", "W")}, outputs={"y": ("B", "D", "H", "W")}, acting=("H", "W"))
    return Convolution(generator, both), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a convolution whose filters are their own mirror images along both axes, as is the zero padding."""
    return _case(True, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return one whose filters are symmetric along the height only."""
    return _case(False, generator)

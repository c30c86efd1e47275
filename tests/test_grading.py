"""Curves of error: zero for a symmetry, rising with the transformation where there is none."""

from __future__ import annotations

import bundled  # noqa: F401
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.biases.grading import deformation, rotation, scale, translation
from kb.probes import Axes


class Pooled(nn.Module):
    """A circular convolution and a mean over all positions, or the image laid out in a row."""

    def __init__(self, pooled: bool) -> None:
        super().__init__()
        self.pooled = pooled
        self.weight = nn.Parameter(torch.randn(4, 2, 3, 3, generator=torch.Generator().manual_seed(0)).double())

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, C, H, W]` to `[B, K]`."""
        y = torch.relu(F.conv2d(F.pad(x, (1, 1, 1, 1), mode="circular"), self.weight))
        return y.mean((2, 3)) if self.pooled else y.flatten(1)


class Pointwise(nn.Module):
    """A function of every number."""

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, C, H, W]` to the same shape."""
        return F.softplus(x)


def found(module: nn.Module, outputs: tuple[str, ...] = ("B", "K")) -> dict[str, list[float]]:
    """Return the errors of every curve by its name."""
    axes = Axes(inputs={"x": ("B", "C", "H", "W")}, outputs={"y": outputs}, acting=("H", "W"))
    x = torch.randn(2, 2, 16, 16, generator=torch.Generator().manual_seed(1)).double()
    errors = {}
    for curve in (translation, rotation, scale, deformation):
        what, sizes, errors[curve.__name__] = curve(module, {"x": x}, axes, torch.Generator().manual_seed(2))
        assert what
        assert len(sizes) == len(errors[curve.__name__])
    return errors


def test_a_pooled_convolution_is_invariant_to_shifts_and_nearly_to_small_deformations() -> None:
    pooled, flat = found(Pooled(True)), found(Pooled(False))
    assert max(pooled["translation"]) < 1e-12
    assert min(flat["translation"]) > 0.1
    for name in ("rotation", "scale", "deformation"):
        assert pooled[name][0] < flat[name][0] < flat[name][-1]
        assert pooled[name][0] < 0.1


def test_a_function_of_single_pixels_is_equivariant_up_to_interpolation() -> None:
    errors = found(Pointwise(), ("B", "C", "H", "W"))
    assert max(errors["translation"]) == 0
    assert max(errors["rotation"]) < 0.05
    assert max(errors["deformation"]) < 0.05

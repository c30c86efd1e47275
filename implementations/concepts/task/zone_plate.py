"""Zone plate: from the grey values of a pattern at some points, what are they in between?

Source: a test pattern of optics, rings that become narrower outwards; for signals as functions of coordinates, as those
of Sitzmann et al. 2020 (sitzmann2020implicit).

Equations:
    v(x) = cos(RINGS pi |x|^2),  x in [-1, 1]^2

Shapes: B points, F = 2 coordinates, G = 1 value.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments

RINGS = 6
SIZE = 2000


class ZonePlate:
    """Learn the pattern from random points.

    Args:
        generator: Draws points.
        batch_size: Points of a batch.

    Example:
        >>> inputs, target = ZonePlate(generator=torch.Generator().manual_seed(0)).batch()
        >>> inputs["x"].shape, target.shape
        (torch.Size([512, 2]), torch.Size([512, 1]))
    """

    metric, higher_is_better = "mean squared error", False
    steps, learning_rate = 1000, 1e-3

    @checked_arguments()
    def __init__(self, *, generator: torch.Generator, batch_size: int = 512) -> None:
        self.generator, self.batch_size = generator, batch_size
        self.points = self._draw(2 * SIZE)

    def _draw(self, count: int) -> Tensor:
        return 2 * torch.rand(count, 2, generator=self.generator) - 1

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return some of the points that are known, and their values."""
        x = self.points[torch.randint(0, SIZE, (self.batch_size,), generator=self.generator)]
        return {"x": x}, pattern(x)

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return other points, and their values."""
        x = self.points[SIZE:]
        return {"x": x}, pattern(x)

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the mean squared error."""
        return F.mse_loss(output, target)

    def score(self, output: Tensor, target: Tensor) -> float:
        """Return the mean squared error."""
        return float(self.loss(output, target))

    def baseline(self) -> float:
        """Return the error of the value of the nearest point that is known."""
        inputs, target = self.test()
        known = self.points[:SIZE]
        nearest = torch.cdist(inputs["x"], known).argmin(1)
        return float(F.mse_loss(pattern(known)[nearest], target))


def pattern(x: Tensor) -> Tensor:
    """Return the values `[B, 1]` at some points."""
    return torch.cos(RINGS * math.pi * x.square().sum(1, keepdim=True))


def examples(task: ZonePlate, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return the pattern on a grid, and what a module makes of it."""
    steps = torch.linspace(-1, 1, 24)
    x = torch.cartesian_prod(steps, steps)
    return [{"target": (pattern(x) + 1).view(24, 24) / 2, "output": (module(x) + 1).view(24, 24) / 2}][:count]

"""Closest pair: how far apart are the two points of a set that are closest to each other?

Source: a stand-in for the questions about relations between objects of Santoro et al. 2017 (santoro2017simple): the
answer depends only on pairs.

Shapes: B sets, T points, F = 2 coordinates.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from kb.guards import checked_arguments

TEST_SIZE = 1000


class ClosestPair:
    """Predict the smallest distance between two points of a set.

    Args:
        generator: Draws the points, uniformly from a square of side 2.
        points: Points of a set, two or more.
        batch_size: Sets of a batch.

    Raises:
        ValueError: There are fewer than two points.

    Example:
        >>> inputs, target = ClosestPair(generator=torch.Generator().manual_seed(0), batch_size=8).batch()
        >>> inputs["x"].shape, target.shape
        (torch.Size([8, 4, 2]), torch.Size([8, 1]))
    """

    metric, higher_is_better = "mean squared error", False
    steps, learning_rate = 600, 3e-3

    @checked_arguments()
    def __init__(self, *, generator: torch.Generator, points: int = 4, batch_size: int = 128) -> None:
        if points < 2:
            raise ValueError(f"points ({points}) must be at least 2, to have a distance between them")
        self.generator, self.points, self.batch_size = generator, points, batch_size
        self._test = self._draw(TEST_SIZE)

    def _draw(self, size: int) -> tuple[dict[str, Tensor], Tensor]:
        x = 2 * torch.rand(size, self.points, 2, generator=self.generator) - 1
        distances = torch.stack([F.pdist(points).min() for points in x])
        return {"x": x}, distances[:, None]

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return fresh sets and their smallest distances."""
        return self._draw(self.batch_size)

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return the sets set aside, and their smallest distances."""
        return self._test

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the mean squared error."""
        return F.mse_loss(output, target)

    def score(self, output: Tensor, target: Tensor) -> float:
        """Return the mean squared error."""
        return float(F.mse_loss(output, target))

    def baseline(self) -> float:
        """Return the error of always predicting the mean distance."""
        return float(self._test[1].var(correction=0))

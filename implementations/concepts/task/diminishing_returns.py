"""Diminishing returns: what does a field yield, given water, light, fertiliser and soil?

Source: a problem of our own in which more of anything never harms: Liebig's law of the minimum, in which the scarcest
resource decides, and returns that diminish.

Equations:
    y = min(1 - exp(-x_1), 1 - exp(-x_2), 1 - exp(-x_3)) + sqrt(x_4) / 2,  x_i in [0, 2]

Shapes: B fields, F = 4 resources, G = 1 yield.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from kb.guards import checked_arguments

NOISE, SIZE, MOST = 0.1, 1000, 2.0


class DiminishingReturns:
    """Predict the yield from noisy yields of other fields.

    Args:
        generator: Draws resources and noise.
        batch_size: Fields of a batch.

    Example:
        >>> inputs, target = DiminishingReturns(generator=torch.Generator().manual_seed(0)).test()
        >>> inputs["x"].shape, target.shape
        (torch.Size([1000, 4]), torch.Size([1000, 1]))
    """

    metric, higher_is_better = "mean squared error", False
    steps, learning_rate = 1000, 1e-2

    @checked_arguments()
    def __init__(self, *, generator: torch.Generator, batch_size: int = 128) -> None:
        self.generator, self.batch_size = generator, batch_size
        self._test = self._draw(SIZE)

    def _draw(self, count: int) -> Tensor:
        return MOST * torch.rand(count, 4, generator=self.generator)

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return fresh fields, and their yields with noise."""
        x = self._draw(self.batch_size)
        return {"x": x}, returns(x) + NOISE * torch.randn(len(x), 1, generator=self.generator)

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return the fields set aside, and their yields without noise."""
        return {"x": self._test}, returns(self._test)

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the mean squared error."""
        return F.mse_loss(output, target)

    def score(self, output: Tensor, target: Tensor) -> float:
        """Return the mean squared error."""
        return float(self.loss(output, target))

    def baseline(self) -> float:
        """Return the error of the affine function with the least error."""
        inputs, target = self.test()
        x = torch.cat([inputs["x"], torch.ones(SIZE, 1)], 1)
        return float(F.mse_loss(x @ torch.linalg.lstsq(x, target).solution, target))


def returns(x: Tensor) -> Tensor:
    """Return the yields `[B, 1]` of fields."""
    scarce, soil = x[:, :3], x[:, 3:]
    return (1 - (-scarce).exp()).amin(1, keepdim=True) + soil.sqrt() / 2

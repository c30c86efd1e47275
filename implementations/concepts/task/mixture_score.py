"""Score of a mixture: in which direction does the density of noisy points grow?

Source: a problem of our own, in the manner of the synthetic data of Saremi et al. 2018 (saremi2018deep): the score is
known in closed form.

Equations:
    x ~ one of K normal distributions around the corners of a regular polygon, all as likely, of standard deviation s
    y = x + sigma noise
    d log p(y) / dy = sum over k of r_k(y) (mu_k - y) / (s^2 + sigma^2)
    r(y) = softmax of -|y - mu_k|^2 / (2 (s^2 + sigma^2))

Shapes: B examples, F = 2 coordinates.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from kb.guards import checked_arguments

CORNERS, RADIUS, SPREAD = 5, 2.0, 0.2
SIZE = 1000


class MixtureScore:
    """Learn the score of noisy points from clean ones; the true score is known for the test only.

    Args:
        generator: Draws points and noise.
        noise: Standard deviation sigma of the noise, which a model has to add itself in training.
        batch_size: Points of a batch.

    Example:
        >>> inputs, score = MixtureScore(generator=torch.Generator().manual_seed(0)).test()
        >>> inputs["x"].shape, score.shape
        (torch.Size([1000, 2]), torch.Size([1000, 2]))
    """

    metric, higher_is_better = "mean squared error", False
    steps, learning_rate = 2000, 1e-2

    @checked_arguments(noise=(0, 1e6))
    def __init__(self, *, generator: torch.Generator, noise: float = 0.5, batch_size: int = 256) -> None:
        self.generator, self.noise, self.batch_size = generator, noise, batch_size
        points = self._draw(SIZE)
        self._test = points + noise * torch.randn(points.shape, generator=generator)

    def _draw(self, count: int) -> Tensor:
        chosen = torch.randint(0, CORNERS, (count,), generator=self.generator)
        return corners()[chosen] + SPREAD * torch.randn(count, 2, generator=self.generator)

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return fresh points without noise, which are the target too."""
        x = self._draw(self.batch_size)
        return {"x": x}, x

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return the noisy points set aside, and their score."""
        return {"x": self._test}, score(self._test, SPREAD**2 + self.noise**2)

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the mean squared error."""
        return F.mse_loss(output, target)

    def score(self, output: Tensor, target: Tensor) -> float:
        """Return the mean squared error of the score."""
        return float(self.loss(output, target))

    def baseline(self) -> float:
        """Return the error of the score of one normal distribution with the variance of the mixture."""
        inputs, target = self.test()
        variance = RADIUS**2 / 2 + SPREAD**2 + self.noise**2  # of each coordinate; there is no correlation
        return float(F.mse_loss(-inputs["x"] / variance, target))


def corners() -> Tensor:
    """Return the means `[K, 2]` of the normal distributions."""
    angles = 2 * math.pi * torch.arange(CORNERS) / CORNERS
    return RADIUS * torch.stack([angles.cos(), angles.sin()], 1)


def score(y: Tensor, variance: float) -> Tensor:
    """Return the derivative `[B, 2]` of the logarithm of the density of points around the corners."""
    displacements = corners().to(y) - y[:, None]  # [B, K, 2]
    shares = torch.softmax(-displacements.square().sum(2) / (2 * variance), 1)
    return torch.einsum("bk,bkf->bf", shares, displacements) / variance

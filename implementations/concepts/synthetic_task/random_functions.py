"""Random functions: from the values of a function at a few points, what are its values elsewhere?

Source: curves of a Gaussian process, as in the authors' notebook on conditional neural processes
(garnelo2018conditional); the length is ours.

Equations:
    f ~ GP(0, k),  k(x, x') = exp(-(x - x')^2 / (2 LENGTH^2)),  x in [-2, 2]

Shapes: B functions, S observations, T targets, F = G = 1.
"""

import math

import torch
from torch import Tensor

from kb.guards import checked_arguments

TEST_SIZE = 256
TARGETS = 16
LENGTH = 1.0
REACH = 2.0
JITTER = 1e-3
LEAST = 1e-2
"""Deviations below count as this one."""


class RandomFunctions:
    """Predict the values of random functions at random points, with their uncertainty.

    Args:
        generator: Draws functions and points.
        most: Most observations of a function; batches have from three to as many.
        batch_size: Functions of a batch.

    Example:
        >>> inputs, target = RandomFunctions(generator=torch.Generator().manual_seed(0), batch_size=8).test()
        >>> inputs["x"].shape, inputs["context_y"].shape, target.shape
        (torch.Size([256, 16, 1]), torch.Size([256, 8, 1]), torch.Size([256, 16, 1]))
    """

    metric, higher_is_better = "negative log-likelihood of a value in nats", False
    steps, learning_rate = 1000, 3e-3

    @checked_arguments(most=3)
    def __init__(self, *, generator: torch.Generator, most: int = 8, batch_size: int = 64) -> None:
        self.generator, self.most, self.batch_size = generator, most, batch_size
        self._test = self._draw(TEST_SIZE, most)

    def _draw(self, size: int, observations: int) -> tuple[dict[str, Tensor], Tensor]:
        points = torch.rand(size, observations + TARGETS, 1, generator=self.generator, dtype=torch.float64)
        x = REACH * (2 * points - 1)
        covariance = torch.exp(-((x - x.mT) ** 2) / (2 * LENGTH**2)) + JITTER * torch.eye(x.shape[1])
        noise = torch.randn(x.shape, generator=self.generator, dtype=torch.float64)
        y = torch.linalg.cholesky(covariance) @ noise
        x, y = x.to(torch.get_default_dtype()), y.to(torch.get_default_dtype())
        context = {"context_x": x[:, :observations], "context_y": y[:, :observations]}
        return {"x": x[:, observations:], **context}, y[:, observations:]

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return fresh functions, all with the same number of observations, and their values at the targets."""
        observations = int(torch.randint(3, self.most + 1, (), generator=self.generator))
        return self._draw(self.batch_size, observations)

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return the functions set aside, with the most observations, and their values at the targets."""
        return self._test

    def loss(self, output: tuple[Tensor, Tensor], target: Tensor) -> Tensor:
        """Return the negative log-likelihood of a value, averaged over all targets.

        Args:
            output: Mean and standard deviation of every value.
            target: The values.
        """
        mean, deviation = output[0], output[1].clamp_min(LEAST)
        errors = ((target - mean) / deviation).square() / 2
        return (errors + deviation.log()).mean() + math.log(2 * math.pi) / 2

    def score(self, output: tuple[Tensor, Tensor], target: Tensor) -> float:
        """Return the negative log-likelihood of a value, averaged over all targets."""
        return float(self.loss(output, target))

    def baseline(self) -> float:
        """Return the score of a Gaussian with the mean and the deviation of the process, whatever was observed."""
        target = self._test[1]
        return self.score((torch.zeros_like(target), torch.full_like(target, math.sqrt(1 + JITTER))), target)

"""Pendulum: from its angle and momentum, how fast do both change?

Source: the system is that of Greydanus et al. 2019 (greydanus2019hamiltonian); the units are ours.

Equations:
    dq/dt = p,   dp/dt = -sin q             mass, length and gravity are one
    energy = p^2 / 2 + 1 - cos q

Shapes: B examples, F = 2: angle q and momentum p.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from kb.guards import checked_arguments

SIZE = 500
NOISE = 0.1  # standard deviation of the rates that are trained on
FASTEST = 2.0


class Pendulum:
    """Predict the rates of change of states that are drawn at random, from noisy ones.

    Args:
        generator: Draws states and noise.
        batch_size: States of a batch.

    Example:
        >>> inputs, target = Pendulum(generator=torch.Generator().manual_seed(0)).test()
        >>> torch.equal(target[:, 0], inputs["x"][:, 1]), target.shape
        (True, torch.Size([500, 2]))
    """

    metric, higher_is_better = "mean squared error", False
    steps, learning_rate = 1000, 1e-2

    @checked_arguments()
    def __init__(self, *, generator: torch.Generator, batch_size: int = 64) -> None:
        self.generator, self.batch_size = generator, batch_size
        self._test = self._draw(SIZE)

    def _draw(self, count: int) -> Tensor:
        scale = torch.tensor([math.pi, FASTEST])
        return scale * (2 * torch.rand(count, 2, generator=self.generator) - 1)

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return fresh states and their rates of change, with noise."""
        x = self._draw(self.batch_size)
        rates = motion(x)
        return {"x": x}, rates + NOISE * torch.randn(rates.shape, generator=self.generator)

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return the states set aside, and their rates of change without noise."""
        return {"x": self._test}, motion(self._test)

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the mean squared error."""
        return F.mse_loss(output, target)

    def score(self, output: Tensor, target: Tensor) -> float:
        """Return the mean squared error."""
        return float(self.loss(output, target))

    def baseline(self) -> float:
        """Return the error of the linear law with the least error: the force grows with the angle."""
        inputs, target = self.test()
        law = torch.linalg.lstsq(inputs["x"], target).solution
        return float(F.mse_loss(inputs["x"] @ law, target))


def motion(x: Tensor) -> Tensor:
    """Return the rates of change `[B, 2]` of states."""
    angle, momentum = x.unbind(1)
    return torch.stack([momentum, -angle.sin()], 1)


def energy(x: Tensor) -> Tensor:
    """Return the energy `[B]` of states."""
    angle, momentum = x.unbind(1)
    return momentum.square() / 2 + 1 - angle.cos()

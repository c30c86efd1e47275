"""Burgers' equation: from a velocity on a circle at the start, what is it after a while?

Source: the problem of Li et al. 2021, sec. 5.1 (li2020fourier), on a circle of length 2 pi and with other random
starts; solved in closed form by the transform of Cole and Hopf, so that nothing is simulated.

Equations:
    du/dt + u du/dx = NU d2u/dx2               velocity u(x, t), periodic in x
    u(x, t) = integral of (x - y) / t w(y) dy  w: exp(-(U(y) + (x - y)^2 / 2t) / 2 NU), divided by its integral
    baseline: the solution without u du/dx, every wave damped separately

Shapes: B examples, C = 1, L points of the circle.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from kb.guards import checked_arguments

SIZE = 200
NU, TIME = 0.1, 1.0
WAVES = 4  # waves of a start; the k-th has the amplitude 1 / k on average
FINE = 128  # points of a period over which integrals are sums; these are exact up to rounding for smooth functions


class BurgersEquation:
    """Predict the velocity at some time from that at the start.

    Args:
        generator: Draws the velocities at the start.
        points: Points of the circle.
        test_points: Points at which networks are judged; as many as in training where it is 0.
        batch_size: Velocities of a batch.

    Example:
        >>> inputs, target = BurgersEquation(generator=torch.Generator().manual_seed(0), test_points=64).test()
        >>> inputs["x"].shape == target.shape == torch.Size([200, 1, 64])
        True
    """

    metric, higher_is_better = "relative error", False
    steps, learning_rate = 1000, 3e-3

    @checked_arguments(test_points=0)
    def __init__(
        self, *, generator: torch.Generator, points: int = 32, test_points: int = 0, batch_size: int = 32
    ) -> None:
        self.generator, self.points, self.batch_size = generator, points, batch_size
        self.test_points = test_points or points
        self._test = draw(SIZE, generator)

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return fresh velocities, and those after a while."""
        return sampled(draw(self.batch_size, self.generator), self.points)

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return the velocities set aside, and those after a while."""
        return sampled(self._test, self.test_points)

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the mean squared error."""
        return F.mse_loss(output, target)

    def score(self, output: Tensor, target: Tensor) -> float:
        """Return the error relative to the target, as a mean over examples."""
        return ((output - target).norm(dim=2) / target.norm(dim=2)).mean().item()

    def baseline(self) -> float:
        """Return the relative error of the solution of the heat equation."""
        damped = self._test * torch.exp(-NU * TIME * torch.arange(1, WAVES + 1).square())
        return self.score(velocity(damped, circle(self.test_points))[:, None], self.test()[1])


def draw(count: int, generator: torch.Generator) -> Tensor:
    """Return random amplitudes `[B, 2, K]` of the sines and the cosines of velocities."""
    return torch.randn(count, 2, WAVES, generator=generator, dtype=torch.float64) / torch.arange(1, WAVES + 1)


def circle(points: int) -> Tensor:
    """Return positions `[L]`, evenly spaced over a period."""
    return torch.arange(points, dtype=torch.float64) * (2 * math.pi / points)


def sampled(waves: Tensor, points: int) -> tuple[dict[str, Tensor], Tensor]:
    """Return the velocities at the start, and those after a while, both `[B, 1, L]`."""
    x = circle(points)
    start, end = (u.float()[:, None] for u in (velocity(waves, x), solution(waves, TIME, x)))
    return {"x": start}, end


def velocity(waves: Tensor, x: Tensor) -> Tensor:
    """Return the velocities `[B, L]` with some amplitudes, at positions `[L]`."""
    angles = torch.arange(1, WAVES + 1)[:, None] * x
    return waves[:, 0] @ angles.sin() + waves[:, 1] @ angles.cos()


def solution(waves: Tensor, time: Tensor | float, x: Tensor) -> Tensor:
    """Return the velocities `[B, L]` after some time at positions `[L]`, from amplitudes of those at the start."""
    sines, cosines = (waves / torch.arange(1, WAVES + 1)).unbind(1)
    antiderivative = velocity(torch.stack([cosines, -sines], 1), circle(FINE)).repeat(1, 3)
    distance = x[:, None] - torch.cat([circle(FINE) + shift * 2 * math.pi for shift in (-1, 0, 1)])  # [L, 3 FINE]
    exponent = antiderivative[:, None] + distance.square() / (2 * time)
    return ((-exponent / (2 * NU)).softmax(2) * distance).sum(2) / time

"""Mackey-Glass task: predict a chaotic series whose next change depends on its value some time ago.

Source: the equation and its discretisation as in Jaeger 2001, eq. 22-23 (jaeger2001echo).

Equations:
    dz/dt = 0.2 z(t - tau) / (1 + z(t - tau)^10) - 0.1 z(t),  tau = 17

Shapes: B examples, T steps, F = G = 1: the series, squashed to tanh(z - 1), at steps of one unit of time.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments

DELAY, FINE = 17, 10  # units of time, and steps of the numerical solution in each
TRANSIENT, TRAINING, HELD_OUT = 1000, 3000, 2000  # units of time
WASH_OUT = 50


class MackeyGlass:
    """Predict the series some steps ahead, at every step after a wash-out.

    Args:
        generator: Draws the history that the series starts from, and the windows of it.
        length: Number T of steps of a window.
        horizon: How many steps ahead.
        batch_size: Windows of a batch.

    Raises:
        ValueError: The windows are not longer than the wash-out.

    Example:
        >>> inputs, target = MackeyGlass(generator=torch.Generator().manual_seed(0)).batch()
        >>> inputs["x"].shape, target.shape
        (torch.Size([32, 200, 1]), torch.Size([32, 200, 1]))
    """

    metric, higher_is_better = "normalised root mean squared error", False
    steps, learning_rate = 300, 1e-2

    @checked_arguments()
    def __init__(
        self, *, generator: torch.Generator, length: int = 200, horizon: int = 1, batch_size: int = 32
    ) -> None:
        if length <= WASH_OUT:
            raise ValueError(f"length ({length}) must be more than the {WASH_OUT} steps that do not count")
        self.generator, self.length, self.horizon, self.batch_size = generator, length, horizon, batch_size
        series = self._solve()[TRANSIENT:]
        self._training, held_out = series[:TRAINING], series[TRAINING:]
        self._test = self._windows(held_out, torch.arange(0, len(held_out) - length - horizon + 1, length))

    def _solve(self) -> Tensor:
        """Return the series at whole units of time, by Euler steps from a random history."""
        history = 1.2 + 0.2 * (2 * torch.rand(DELAY * FINE + 1, generator=self.generator) - 1)
        values = history.tolist()
        for _ in range(FINE * (TRANSIENT + TRAINING + HELD_OUT)):
            delayed, current = values[-1 - DELAY * FINE], values[-1]
            values.append(current + (0.2 * delayed / (1 + delayed**10) - 0.1 * current) / FINE)
        return torch.tanh(torch.tensor(values[len(history) :: FINE]) - 1)

    def _windows(self, series: Tensor, starts: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        steps = starts[:, None] + torch.arange(self.length)  # [B, T]
        return {"x": series[steps, None]}, series[steps + self.horizon, None]

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return windows of the first part of the series, and the targets of each step."""
        last = len(self._training) - self.length - self.horizon
        return self._windows(self._training, torch.randint(0, last + 1, (self.batch_size,), generator=self.generator))

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return successive windows of the part set aside."""
        return self._test

    def loss(self, output: tuple[Tensor, ...] | Tensor, target: Tensor) -> Tensor:
        """Return the mean squared error after the wash-out."""
        found = output if isinstance(output, Tensor) else output[0]
        return F.mse_loss(found[:, WASH_OUT:], target[:, WASH_OUT:])

    def score(self, output: tuple[Tensor, ...] | Tensor, target: Tensor) -> float:
        """Return the root of the mean squared error, relative to the standard deviation of the series."""
        return float((self.loss(output, target) / target[:, WASH_OUT:].var(correction=0)).sqrt())

    def baseline(self) -> float:
        """Return the score of persistence, which predicts that nothing changes."""
        inputs, target = self._test
        return self.score(inputs["x"], target)


def examples(task: MackeyGlass, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return the last values of windows, and what a module predicted for them."""
    inputs, target = task.test()
    output = module(inputs["x"][:count])
    found = output if isinstance(output, Tensor) else output[0]
    return [{"target": _values(y), "output": _values(z)} for y, z in zip(target, found, strict=False)]


def _values(series: Tensor) -> str:
    return " ".join(f"{value:.3f}" for value in series[-8:, 0].tolist())

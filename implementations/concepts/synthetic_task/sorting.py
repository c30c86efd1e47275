"""Sorting: point at the numbers of a sequence in increasing order.

Source: one of the problems that Vinyals et al. 2015 name in their abstract (vinyals2015pointer): what can be answered
depends on the length of the input.

Shapes: B sequences, T = S = length, F = 1 number.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments

TEST_SIZE = 512
START = 0.0
"""Comes before the first number: it is smaller than all."""


class Sorting:
    """Predict where the next larger number is, given the smaller ones in their order.

    Args:
        generator: Draws the numbers, uniformly from 0 to 1.
        length: Numbers of a sequence.
        batch_size: Sequences of a batch.

    Example:
        >>> inputs, target = Sorting(generator=torch.Generator().manual_seed(0), batch_size=8).batch()
        >>> inputs["x"].shape, inputs["source"].shape, target.shape
        (torch.Size([8, 5, 1]), torch.Size([8, 5, 1]), torch.Size([8, 5]))
    """

    metric, higher_is_better = "accuracy per number", True
    steps, learning_rate = 1000, 5e-3

    @checked_arguments()
    def __init__(self, *, generator: torch.Generator, length: int = 5, batch_size: int = 128) -> None:
        self.generator, self.length, self.batch_size = generator, length, batch_size
        self._test = self._draw(TEST_SIZE)

    def _draw(self, size: int) -> tuple[dict[str, Tensor], Tensor]:
        source = torch.rand(size, self.length, 1, generator=self.generator)
        ordered, target = source.sort(1)
        start = torch.full((size, 1, 1), START)
        return {"x": torch.cat([start, ordered[:, :-1]], 1), "source": source}, target[:, :, 0]

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return fresh sequences, and where the numbers are in increasing order."""
        return self._draw(self.batch_size)

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return the sequences set aside, and where their numbers are in increasing order."""
        return self._test

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the cross-entropy of the scores of all positions."""
        return F.cross_entropy(output.flatten(0, 1), target.flatten())

    def score(self, output: Tensor, target: Tensor) -> float:
        """Return the share of positions that are right, each given the right ones before it."""
        return float((output.argmax(2) == target).float().mean())

    def baseline(self) -> float:
        """Return the accuracy of always pointing at the position that is right most often."""
        counts = self._test[1].flatten().bincount()
        return float(counts.max() / counts.sum())


def examples(task: Sorting, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return numbers, and in which order a module points at them by itself: it sees the numbers that it chose."""
    source = task.test()[0]["source"][:count]
    x = source.new_full((len(source), 1, 1), START)
    for _ in range(task.length):
        chosen = module(x=x, source=source)[:, -1].argmax(1)
        x = torch.cat([x, source[torch.arange(len(source)), chosen, None]], 1)
    rows = zip(source, source.sort(1).values, x[:, 1:], strict=True)
    return [dict(zip(("source", "target", "written"), map(_numbers, row), strict=True)) for row in rows]


def _numbers(values: Tensor) -> str:
    return " ".join(f"{value:.2f}" for value in values.flatten().tolist())

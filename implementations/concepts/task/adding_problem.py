"""Adding problem: add the two marked numbers of a long sequence.

Source: Hochreiter & Schmidhuber 1997, sec. 5.4, experiment 4 (hochreiter1997lstm). There the numbers are from [-1, 1],
the length varies, the ends of the sequence are marked too, and the sum is scaled to [0, 1]; here the numbers are from
[0, 1], all sequences have one length, and the two marks may be anywhere.

Shapes: B examples, T steps, F = 2: the number, and a mark that is 1 at two steps.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments

TEST_SIZE = 1000


class AddingProblem:
    """Predict the sum at the last step.

    Args:
        generator: Draws the sequences.
        length: Number T of steps.
        batch_size: Examples of a batch.

    Raises:
        ValueError: The length leaves no room for two marks.

    Example:
        >>> inputs, target = AddingProblem(generator=torch.Generator().manual_seed(0)).batch()
        >>> inputs["x"].shape, target.shape
        (torch.Size([64, 50, 2]), torch.Size([64]))
    """

    metric, higher_is_better = "mean squared error", False
    steps, learning_rate = 1000, 1e-2

    @checked_arguments()
    def __init__(self, *, generator: torch.Generator, length: int = 50, batch_size: int = 64) -> None:
        if length < 2:
            raise ValueError(f"length ({length}) must be at least 2: two steps are marked")
        self.generator, self.length, self.batch_size = generator, length, batch_size
        self._test = self._draw(TEST_SIZE)

    def _draw(self, size: int) -> tuple[dict[str, Tensor], Tensor]:
        numbers = torch.rand(size, self.length, generator=self.generator)
        marked = torch.rand(size, self.length, generator=self.generator).topk(2, dim=1).indices
        marks = torch.zeros(size, self.length).scatter(1, marked, 1.0)
        return {"x": torch.stack([numbers, marks], 2)}, (numbers * marks).sum(1)

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return fresh sequences and their sums."""
        return self._draw(self.batch_size)

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return the sequences set aside, and their sums."""
        return self._test

    def loss(self, output: tuple[Tensor, ...], target: Tensor) -> Tensor:
        """Return the mean squared error of the last step's first output."""
        return F.mse_loss(output[0][:, -1, 0], target)

    def score(self, output: tuple[Tensor, ...], target: Tensor) -> float:
        """Return the mean squared error."""
        return float(self.loss(output, target))

    def baseline(self) -> float:
        """Return the error of always predicting the mean of the sums: their variance, about 1/6."""
        return float(self._test[1].var(correction=0))


def examples(task: AddingProblem, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return the marked numbers, their sums, and what a module outputs."""
    inputs, target = task.test()
    found = module(inputs["x"][:count])[0][:, -1, 0].tolist()
    marked = [x[:, 0][x[:, 1] > 0].tolist() for x in inputs["x"][:count]]
    rows = zip(marked, target.tolist(), found, strict=False)
    return [{"marked": f"{a:.2f} + {b:.2f}", "target": f"{y:.2f}", "output": f"{z:.2f}"} for (a, b), y, z in rows]

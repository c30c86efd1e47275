"""Copying memory: repeat the symbols seen at the beginning, after a long wait.

Source: Arjovsky, Shah & Bengio 2016 (arjovsky2016unitary), after Hochreiter & Schmidhuber 1997 (hochreiter1997lstm).
There 10 symbols of 8 kinds are to be kept for hundreds of steps; here the task is small enough to be learned in
seconds.

Equations:
    baseline = n log(k) / T: blanks at all other steps, and one of the k symbols at random at the n steps of the answer

Shapes: B examples, T = 2 n + wait steps, F = k + 2: symbols, blank and sign, one-hot; G = k + 1: symbols and blank.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments

TEST_SIZE = 1000


class CopyingMemory:
    """Output blanks until the sign, then the first symbols in their order.

    Args:
        generator: Draws the sequences.
        symbols: Number k of different symbols.
        length: Number n of symbols to keep.
        wait: Steps from the last symbol to the sign, which is the last of them.
        batch_size: Examples of a batch.

    Raises:
        ValueError: The wait leaves no step for the sign.

    Example:
        >>> inputs, target = CopyingMemory(generator=torch.Generator().manual_seed(0)).batch()
        >>> inputs["x"].shape, target.shape
        (torch.Size([64, 36, 6]), torch.Size([64, 36]))
    """

    metric, higher_is_better = "cross-entropy", False
    steps, learning_rate = 300, 1e-2

    @checked_arguments()
    def __init__(
        self, *, generator: torch.Generator, symbols: int = 4, length: int = 3, wait: int = 30, batch_size: int = 64
    ) -> None:
        if wait < 1:
            raise ValueError(f"wait ({wait}) must be at least 1: its last step is the sign")
        self.generator, self.symbols, self.length, self.wait = generator, symbols, length, wait
        self.batch_size = batch_size
        self._test = self._draw(TEST_SIZE)

    def _draw(self, size: int) -> tuple[dict[str, Tensor], Tensor]:
        copied = torch.randint(0, self.symbols, (size, self.length), generator=self.generator)
        blanks = torch.full((size, self.length + self.wait), self.symbols)
        sequence = torch.cat([copied, blanks], 1)  # [B, T]
        sequence[:, self.length + self.wait - 1] = self.symbols + 1
        return {"x": F.one_hot(sequence, self.symbols + 2).to(torch.get_default_dtype())}, torch.cat(
            [blanks, copied], 1
        )

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return fresh sequences, and the targets at every step."""
        return self._draw(self.batch_size)

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return the sequences set aside, and the targets at every step."""
        return self._test

    def loss(self, output: tuple[Tensor, ...], target: Tensor) -> Tensor:
        """Return the mean cross-entropy over all steps."""
        return F.cross_entropy(output[0].flatten(0, 1), target.flatten())

    def score(self, output: tuple[Tensor, ...], target: Tensor) -> float:
        """Return the mean cross-entropy over all steps."""
        return float(self.loss(output, target))

    def baseline(self) -> float:
        """Return the cross-entropy of the best prediction without memory."""
        return self.length * math.log(self.symbols) / (2 * self.length + self.wait)


def examples(task: CopyingMemory, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return the symbols to keep, and those that a module outputs after the sign."""
    inputs, target = task.test()
    found = module(inputs["x"][:count])[0].argmax(2)
    rows = zip(target[:, -task.length :].tolist(), found[:, -task.length :].tolist(), strict=False)
    return [{"target": " ".join(map(str, y)), "output": " ".join(map(str, z))} for y, z in rows]

"""Sequence reversal: write a sequence of symbols backwards.

Source: a stand-in for the lecture's slides on translation (S25): the first output depends on the last input, so
a model needs access to all of the source.

Shapes: B examples, T = S = length, D = width of the one-hot symbols and of the model.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments

TEST_SIZE = 256


class SequenceReversal:
    """Predict each symbol of the reversed sequence from the source and the symbols before it.

    Args:
        generator: Draws the sequences.
        length: Number of symbols of a sequence.
        symbols: Size of the alphabet; one more stands for the start.
        width: Features of a symbol: one-hot, padded with zeros to the model's width.
        batch_size: Sequences of a batch.

    Raises:
        ValueError: The width is smaller than the alphabet.
    """

    metric, higher_is_better = "accuracy per symbol", True
    steps, learning_rate = 500, 3e-3

    @checked_arguments()
    def __init__(
        self, *, generator: torch.Generator, length: int = 10, symbols: int = 8, width: int = 32, batch_size: int = 64
    ) -> None:
        if width <= symbols:
            raise ValueError(f"width ({width}) must be greater than symbols ({symbols}): one more stands for the start")
        self.generator, self.length, self.symbols = generator, length, symbols
        self.width, self.batch_size = width, batch_size
        self._test = self._draw(TEST_SIZE)

    def _draw(self, size: int) -> tuple[dict[str, Tensor], Tensor]:
        source = torch.randint(0, self.symbols, (size, self.length), generator=self.generator)
        target = source.flip(1)
        start = torch.full((size, 1), self.symbols)
        return {"x": self._encoded(torch.cat([start, target[:, :-1]], 1)), "source": self._encoded(source)}, target

    def _encoded(self, symbols: Tensor) -> Tensor:
        return F.one_hot(symbols, self.width).to(torch.get_default_dtype())

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return fresh sequences and their reversals."""
        return self._draw(self.batch_size)

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return the sequences set aside, and their reversals."""
        return self._test

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the cross-entropy of the first features, read as logits."""
        return F.cross_entropy(output[..., : self.symbols].flatten(0, 1), target.flatten())

    def score(self, output: Tensor, target: Tensor) -> float:
        """Return the share of symbols that are right, each given the right ones before it."""
        return float((output[..., : self.symbols].argmax(2) == target).float().mean())

    def baseline(self) -> float:
        """Return the accuracy of always predicting the most frequent symbol of the test sequences."""
        counts = self._test[1].flatten().bincount()
        return float(counts.max() / counts.sum())


def examples(task: SequenceReversal, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return sources, targets, and what a module writes by itself: each symbol given those that it wrote before."""
    inputs, target = ({name: value[:count] for name, value in task.test()[0].items()}, task.test()[1][:count])
    x = inputs["x"].clone()
    for step in range(task.length):
        written = module(**inputs | {"x": x})[..., : task.symbols].argmax(2)
        if step + 1 < task.length:
            x[:, step + 1] = F.one_hot(written[:, step], task.width).to(x.dtype)
    rows = zip(inputs["source"].argmax(2), target, written, strict=True)
    return [dict(zip(("source", "target", "written"), map(_symbols, row), strict=True)) for row in rows]


def _symbols(numbers: Tensor) -> str:
    return " ".join(map(str, numbers.tolist()))

"""Copying: repeat a sequence of random bits after it has ended.

Source: Graves, Wayne & Danihelka 2014, sec. 4.1 (graves2014neural). There sequences have up to 20 vectors of eight
bits; here they are shorter and narrower.

Shapes: B examples, T = 2 length + 1 steps, F = bits + 1: the bits, and a mark of the end of the sequence.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments

TEST_SIZE = 500


class Copying:
    """Read bits for `length` steps and a mark of the end; output the same bits in as many steps without input.

    Args:
        generator: Draws the sequences.
        length: Largest number of vectors of a sequence; those of a batch are of one length, from 1 on.
        bits: Bits of a vector.
        batch_size: Sequences of a batch.

    Raises:
        ValueError: The length or the number of bits is not positive.

    Example:
        >>> task = Copying(generator=torch.Generator().manual_seed(0))
        >>> inputs, target = task.test()
        >>> inputs["x"].shape, target.shape
        (torch.Size([500, 9, 5]), torch.Size([500, 4, 4]))
    """

    metric, higher_is_better = "accuracy per bit", True
    steps, learning_rate = 500, 1e-2

    @checked_arguments()
    def __init__(self, *, generator: torch.Generator, length: int = 4, bits: int = 4, batch_size: int = 32) -> None:
        if length < 1 or bits < 1:
            raise ValueError(f"length ({length}) and bits ({bits}) must be positive")
        self.generator, self.length, self.bits, self.batch_size = generator, length, bits, batch_size
        self._test = self._draw(TEST_SIZE, length)

    def _draw(self, size: int, length: int) -> tuple[dict[str, Tensor], Tensor]:
        target = torch.randint(0, 2, (size, length, self.bits), generator=self.generator).to(torch.get_default_dtype())
        x = torch.zeros(size, 2 * length + 1, self.bits + 1)
        x[:, :length, : self.bits] = target
        x[:, length, self.bits] = 1.0
        return {"x": x}, target

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return fresh sequences of a random length, and their bits."""
        length = torch.randint(1, self.length + 1, (), generator=self.generator)
        return self._draw(self.batch_size, int(length))

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return the sequences set aside, of the largest length, and their bits."""
        return self._test

    def loss(self, output: tuple[Tensor, ...], target: Tensor) -> Tensor:
        """Return the cross-entropy of the bits, whose logits are the outputs after the mark."""
        return F.binary_cross_entropy_with_logits(output[0][:, -target.shape[1] :], target)

    def score(self, output: tuple[Tensor, ...], target: Tensor) -> float:
        """Return the share of bits that are right."""
        return float(((output[0][:, -target.shape[1] :] > 0) == (target > 0.5)).float().mean())

    def baseline(self) -> float:
        """Return the accuracy of always predicting the more frequent bit of the sequences set aside."""
        ones = float(self._test[1].mean())
        return max(ones, 1 - ones)


def examples(task: Copying, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return the bits to copy, vector by vector, and those that a module outputs."""
    inputs, target = task.test()
    found = module(inputs["x"][:count])[0][:, -task.length :] > 0
    return [{"target": _bits(y), "output": _bits(z)} for y, z in zip(target, found, strict=False)]


def _bits(vectors: Tensor) -> str:
    return " ".join("".join(str(int(bit)) for bit in vector) for vector in vectors)

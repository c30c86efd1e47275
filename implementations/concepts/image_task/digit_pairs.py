"""Digit pairs: are two images of handwritten digits of the same digit or of different ones?

Source: the images of the task `digits`, from scikit-learn's `load_digits`. Pairs for training are of the first 1,200,
pairs for testing of the last 597.

Equations:
    score = share of test pairs (p, q), p of different digits and q of the same, with distance(p) > distance(q)
    baseline: the score of the Euclidean distance of the pixels

Shapes: B pairs, C = 1, H = W = 8.
"""

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.task.digits import TRAINING
from kb.guards import checked_arguments

TESTED = 1000


class DigitPairs:
    """Pairs, half of them of the same digit; the output is a distance, which should be larger for different digits.

    Args:
        generator: Draws the pairs, those of the test first.
        batch_size: Pairs of a batch.

    Example:
        >>> inputs, target = DigitPairs(generator=torch.Generator().manual_seed(0)).batch()
        >>> inputs["first"].shape, target[:2], target[-2:]
        (torch.Size([64, 1, 8, 8]), tensor([0, 0]), tensor([1, 1]))
    """

    metric, higher_is_better = "area under the ROC curve", True
    steps, learning_rate = 600, 3e-3

    @checked_arguments()
    def __init__(self, *, generator: torch.Generator, batch_size: int = 64) -> None:
        self.generator, self.batch_size = generator, batch_size
        data = load_digits()
        self.images = torch.tensor(data.images, dtype=torch.float32)[:, None] / 16  # [1797, 1, 8, 8]
        self.labels = torch.tensor(data.target)
        self._test = self._pairs(TRAINING, len(self.labels), TESTED)

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return random pairs of training images, and 0 where both are the same digit, else 1."""
        return self._pairs(0, TRAINING, self.batch_size)

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return pairs of test images, which stay the same, and 0 where both are the same digit, else 1."""
        return self._test

    def _pairs(self, start: int, stop: int, count: int) -> tuple[dict[str, Tensor], Tensor]:
        """Return pairs of images of a range: each first one gets a random partner of those that the target allows."""
        first = torch.randint(start, stop, (count,), generator=self.generator)
        target = (torch.arange(count) >= count // 2).long()
        same = self.labels[first, None] == self.labels[None, start:stop]  # [count, stop - start]
        allowed = same != target[:, None].bool()
        second = start + torch.multinomial(allowed.float(), 1, generator=self.generator)[:, 0]
        return {"first": self.images[first], "second": self.images[second]}, target

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the distance of the same digits, and what different digits are short of a distance of one."""
        return F.hinge_embedding_loss(output, 1 - 2 * target)

    def score(self, output: Tensor, target: Tensor) -> float:
        """Return the share of pairs of pairs whose distances are in the right order."""
        different, same = output[target == 1], output[target == 0]
        return float((different[:, None] > same).float().mean())

    def baseline(self) -> float:
        """Return the score of the distance of the pixels."""
        inputs, target = self._test
        return self.score(torch.linalg.vector_norm((inputs["first"] - inputs["second"]).flatten(1), dim=1), target)


def examples(task: DigitPairs, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return pairs side by side, whether they are of the same digit, and the distance that a module computes."""
    inputs, target = task.test()
    chosen = slice(0, len(target), len(target) // count)
    shown = {name: value[chosen] for name, value in inputs.items()}
    rows = zip(shown["first"], shown["second"], target[chosen].tolist(), module(**shown).tolist(), strict=True)
    words = {0: "same digit", 1: "different digits"}
    return [{"image": torch.cat([x[0], y[0]], 1), "target": words[t], "output": f"{d:.2f}"} for x, y, t, d in rows][
        :count
    ]

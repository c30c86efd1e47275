"""Digit views: from shifted copies of digits without labels, learn vectors whose neighbours are of the same digit.

Source: the images of the task `digits`, from scikit-learn's `load_digits`. The first 1,200 are for training, the last
597 for testing.

Equations:
    score = share of test images of whose digit the nearest other one is, by the cosine of the outputs
    baseline: the score of the pixels

Shapes: B views, C = 1, H = W = 16.
"""

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.task.digits import TRAINING
from kb.guards import checked_arguments

FREE = 8
"""Pixels by which a field is larger than an image."""


class DigitViews:
    """Two views of each image of a batch, one after the other; the target numbers the images.

    Args:
        generator: Draws images and places, those of the test first.
        batch_size: Images of a batch.

    Example:
        >>> inputs, target = DigitViews(generator=torch.Generator().manual_seed(0)).batch()
        >>> inputs["x"].shape, target[:4]
        (torch.Size([128, 1, 16, 16]), tensor([0, 0, 1, 1]))
    """

    metric, higher_is_better = "share of nearest neighbours of the same digit", True
    steps, learning_rate = 200, 5e-3

    @checked_arguments()
    def __init__(self, *, generator: torch.Generator, batch_size: int = 64) -> None:
        self.generator, self.batch_size = generator, batch_size
        data = load_digits()
        self.images = torch.tensor(data.images, dtype=torch.float32)[:, None] / 16  # [1797, 1, 8, 8]
        self._test = {"x": self._view(self.images[TRAINING:])}, torch.tensor(data.target)[TRAINING:]

    def _view(self, images: Tensor) -> Tensor:
        """Return images at random places of an empty field."""
        field = F.pad(images, (0, FREE, 0, FREE))
        places = torch.randint(0, FREE + 1, (len(images), 2), generator=self.generator).tolist()
        return torch.stack([each.roll(place, (1, 2)) for each, place in zip(field, places, strict=True)])

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return two views of random training images, and the numbers of the images within the batch."""
        chosen = torch.randperm(TRAINING, generator=self.generator)[: self.batch_size].repeat_interleave(2)
        return {"x": self._view(self.images[chosen])}, torch.arange(self.batch_size).repeat_interleave(2)

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return a view of every test image, which stays the same, and the digits."""
        return self._test

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the mean cross-entropy of recognising those with the same target by their cosines."""
        unit = F.normalize(output, dim=1)
        chances = (2 * unit @ unit.T).fill_diagonal_(-torch.inf).softmax(1)
        right = (target[:, None] == target).float().fill_diagonal_(0)
        return -(chances * right).sum(1).log().mean()

    def score(self, output: Tensor, target: Tensor) -> float:
        """Return the share of outputs whose nearest other one has the same target."""
        unit = F.normalize(output.flatten(1), dim=1)
        nearest = (unit @ unit.T).fill_diagonal_(-torch.inf).argmax(1)
        return float((target[nearest] == target).float().mean())

    def baseline(self) -> float:
        """Return the score of the pixels."""
        inputs, target = self._test
        return self.score(inputs["x"], target)


def examples(task: DigitViews, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return test images beside their nearest neighbours by a module's outputs, and the digits of both."""
    inputs, target = task.test()
    unit = F.normalize(module(**inputs), dim=1)
    nearest = (unit @ unit.T).fill_diagonal_(-torch.inf).argmax(1)
    chosen = range(0, len(target), len(target) // count)
    rows = [(n, int(nearest[n])) for n in list(chosen)[:count]]
    return [
        {"image": torch.cat([inputs["x"][n, 0], inputs["x"][m, 0]], 1), "target": str(int(target[n])),
         "output": str(int(target[m]))}
        for n, m in rows
    ]  # fmt: skip

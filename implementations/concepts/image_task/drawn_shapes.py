"""Drawn shapes: which pixels of a noisy image belong to a disc, which to a square, and which to none?

Source: drawn images; the task and its score are those of Long, Shelhamer & Darrell 2015, sec. 5 (long2015fully).

Equations:
    x = 1 in a shape, else 0, plus noise of standard deviation sigma, limited to 0, ..., 1
    score = mean over the classes k of |predicted k and is k| / |predicted k or is k|
    baseline: a pixel above 1/2 is of a disc, the others of none

Shapes: B images, C = 1, H = W = 24.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments

SIDE = 24
CLASSES = 3
"""None, disc, square."""
RADII = (4, 7)
"""Smallest and largest half of the width of a shape, the largest not included."""
TESTED = 200


class DrawnShapes:
    """Images of a disc and a square, which may hide part of the disc; the output has scores of the classes at a pixel.

    Args:
        generator: Draws the images.
        noise: Standard deviation sigma of the noise.
        batch_size: Images of a batch.

    Example:
        >>> inputs, target = DrawnShapes(generator=torch.Generator().manual_seed(0)).batch()
        >>> inputs["x"].shape, target.shape
        (torch.Size([16, 1, 24, 24]), torch.Size([16, 24, 24]))
    """

    metric, higher_is_better = "mean intersection over union", True
    steps, learning_rate = 200, 1e-2

    @checked_arguments(noise=0)
    def __init__(self, *, generator: torch.Generator, noise: float = 0.2, batch_size: int = 16) -> None:
        self.generator, self.noise, self.batch_size = generator, noise, batch_size
        self._test = self._images(TESTED)

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return random images and the class of every pixel."""
        return self._images(self.batch_size)

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return images that stay the same, and the class of every pixel."""
        return self._test

    def _images(self, count: int) -> tuple[dict[str, Tensor], Tensor]:
        places = torch.randint(RADII[0], SIDE - RADII[0], (2, 2, count, 1, 1), generator=self.generator)
        radii = torch.randint(*RADII, (2, count, 1, 1), generator=self.generator)
        (disc_row, disc_column), (square_row, square_column) = places
        row, column = torch.arange(SIDE)[:, None], torch.arange(SIDE)
        disc = (row - disc_row) ** 2 + (column - disc_column) ** 2 <= radii[0] ** 2  # [count, SIDE, SIDE]
        square = torch.maximum((row - square_row).abs(), (column - square_column).abs()) <= radii[1]
        target = torch.where(square, 2, disc.long())
        noise = self.noise * torch.randn(target.shape, generator=self.generator)
        return {"x": ((target > 0) + noise).clamp(0, 1)[:, None]}, target

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the cross-entropy of all pixels."""
        return F.cross_entropy(output, target)

    def score(self, output: Tensor, target: Tensor) -> float:
        """Return the intersection over union of pixels that are of a class and pixels predicted so, mean of classes."""
        predicted, actual = (F.one_hot(each, CLASSES).bool() for each in (output.argmax(1), target))
        shares = (predicted & actual).sum((0, 1, 2)) / (predicted | actual).sum((0, 1, 2))
        return float(shares.mean())

    def baseline(self) -> float:
        """Return the score of a threshold: bright pixels are of a disc."""
        inputs, target = self._test
        bright = (inputs["x"][:, 0] > 0.5).long()
        return self.score(F.one_hot(bright, CLASSES).movedim(3, 1), target)


def examples(task: DrawnShapes, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return images, the classes of their pixels and those that a module predicts, as grey values."""
    inputs, target = task.test()
    x, target = inputs["x"][:count], target[:count]
    predicted = module(x=x).argmax(1)
    shades = torch.tensor([0.0, 0.5, 1.0])
    return [
        {"image": image, "target": shades[of], "output": shades[found]}
        for image, of, found in zip(x[:, 0], target, predicted, strict=True)
    ]

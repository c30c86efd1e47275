"""Shifted digits: trained on centred images, tested on new ones at random positions of a larger canvas.

Source: scikit-learn's `load_digits`, as in the task `digits`, placed on 16x16 canvases. A network that treats all
positions alike generalises to them; any other network has learned the middle only, where little more than half of the
ink of the test images lies.

Shapes: B examples, F = 256 pixels; or C = 1, H = W = 16.
"""

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments

TRAINING, CANVAS, MARGIN = 1200, 16, 4
LAYOUTS = {"flat": (CANVAS * CANVAS,), "image": (1, CANVAS, CANVAS)}


class ShiftedDigits:
    """Classify digits at any position, after training on digits in the middle only.

    Args:
        generator: Draws the batches and the test's shifts.
        layout: `flat` vectors or `image`.
        batch_size: Examples of a batch.

    Raises:
        ValueError: The layout is unknown.
    """

    metric, higher_is_better = "accuracy", True
    steps, learning_rate = 500, 1e-2

    @checked_arguments()
    def __init__(self, *, generator: torch.Generator, layout: str = "image", batch_size: int = 64) -> None:
        if layout not in LAYOUTS:
            raise ValueError(f"layout ({layout!r}) must be one of {', '.join(LAYOUTS)}")
        self.generator, self.shape, self.batch_size = generator, LAYOUTS[layout], batch_size
        data = load_digits()
        images = torch.tensor(data.images, dtype=torch.float32) / 16
        self.images = F.pad(images, [MARGIN] * 4)  # [1797, 16, 16]
        self.labels = torch.tensor(data.target)

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return centred training images and their labels."""
        chosen = torch.randint(0, TRAINING, (self.batch_size,), generator=self.generator)
        return {"x": self.images[chosen].view(-1, *self.shape)}, self.labels[chosen]

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return all test images, each at a random position inside the canvas, and their labels."""
        images = self.images[TRAINING:]
        shifts = torch.randint(-MARGIN, MARGIN + 1, (len(images), 2), generator=self.generator)
        moved = [image.roll(tuple(shift.tolist()), (0, 1)) for image, shift in zip(images, shifts, strict=True)]
        return {"x": torch.stack(moved).view(-1, *self.shape)}, self.labels[TRAINING:]

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the cross-entropy of the logits."""
        return F.cross_entropy(output, target)

    def score(self, output: Tensor, target: Tensor) -> float:
        """Return the share of images that are classified correctly."""
        return float((output.argmax(1) == target).float().mean())

    def baseline(self) -> float:
        """Return the accuracy of always predicting the most frequent digit of the training images."""
        most_frequent = self.labels[:TRAINING].bincount().argmax()
        return float((self.labels[TRAINING:] == most_frequent).float().mean())


def examples(task: ShiftedDigits, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return shifted images, their labels, and the digits that a module takes them for."""
    inputs, target = task.test()
    found = module(inputs["x"][:count]).argmax(1)
    rows = zip(inputs["x"].view(-1, CANVAS, CANVAS), target.tolist(), found.tolist(), strict=False)
    return [{"image": x, "target": str(y), "output": str(z)} for x, y, z in rows]

"""Handwritten digits: 8x8 images of the digits 0 to 9, as scikit-learn ships them.

Source: the test part of the UCI "Optical Recognition of Handwritten Digits", in scikit-learn's `load_digits` (1,797
images). The first 1,200 are for training and the last 597 for testing.

Shapes: B examples, F = 64 pixels; or C = 1, H = W = 8 times the zoom; or T = 8 rows of F = 8 pixels.
"""

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments

TRAINING = 1200
LAYOUTS = {"flat": (64,), "image": (1, 8, 8), "rows": (8, 8), "memory": (64,)}


class Digits:
    """Classify digits.

    Args:
        generator: Draws the batches.
        layout: `flat` vectors, `image`, `rows` as a sequence, or `memory`: flat vectors, with the training set as an
            input.
        zoom: Number of times that every pixel of an image is repeated in both directions, for networks that shrink
            their input.
        batch_size: Examples of a batch.

    Raises:
        ValueError: The layout is unknown, or the zoom is used with another layout than an image.
    """

    metric, higher_is_better = "accuracy", True
    steps, learning_rate = 400, 3e-3

    @checked_arguments()
    def __init__(
        self, *, generator: torch.Generator, layout: str = "flat", zoom: int = 1, batch_size: int = 64
    ) -> None:
        if layout not in LAYOUTS:
            raise ValueError(f"layout ({layout!r}) must be one of {', '.join(LAYOUTS)}")
        if zoom != 1 and layout != "image":
            raise ValueError(f"zoom ({zoom}) enlarges images, not the layout {layout!r}")
        self.generator, self.layout, self.batch_size = generator, layout, batch_size
        data = load_digits()
        self.images = torch.tensor(data.data, dtype=torch.float32).view(-1, *LAYOUTS[layout]) / 16
        if zoom > 1:
            self.images = self.images.repeat_interleave(zoom, 2).repeat_interleave(zoom, 3)
        self.labels = torch.tensor(data.target)

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return inputs and labels of random training images."""
        chosen = torch.randint(0, TRAINING, (self.batch_size,), generator=self.generator)
        return self._inputs(self.images[chosen]), self.labels[chosen]

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return inputs and labels of all test images."""
        return self._inputs(self.images[TRAINING:]), self.labels[TRAINING:]

    def _inputs(self, images: Tensor) -> dict[str, Tensor]:
        if self.layout == "memory":
            return {"x": images, "memory": self.images[:TRAINING], "labels": self.labels[:TRAINING]}
        return {"x": images}

    def loss(self, output: Tensor | tuple[Tensor, ...], target: Tensor) -> Tensor:
        """Return the cross-entropy of the logits, those of the last step for a sequence."""
        return F.cross_entropy(_logits(output), target)

    def score(self, output: Tensor | tuple[Tensor, ...], target: Tensor) -> float:
        """Return the share of images that are classified correctly."""
        return float((_logits(output).argmax(1) == target).float().mean())

    def baseline(self) -> float:
        """Return the accuracy of always predicting the most frequent digit of the training images."""
        most_frequent = self.labels[:TRAINING].bincount().argmax()
        return float((self.labels[TRAINING:] == most_frequent).float().mean())


def _logits(output: Tensor | tuple[Tensor, ...]) -> Tensor:
    logits = output if isinstance(output, Tensor) else output[0]
    return logits[:, -1] if logits.dim() == 3 else logits  # [B, T, K] -> [B, K]


def examples(task: Digits, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return images, their labels, and the digits that a module takes them for."""
    inputs, target = task.test()
    chosen = slice(0, len(target), len(target) // count)
    found = _logits(module(**inputs | {"x": inputs["x"][chosen]})).argmax(1)
    images = load_digits().images[TRAINING:][chosen] / 16
    rows = zip(images, target[chosen].tolist(), found.tolist(), strict=True)
    return [{"image": torch.tensor(x), "target": str(y), "output": str(z)} for x, y, z in rows][:count]

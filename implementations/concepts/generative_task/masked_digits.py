"""Masked digits: the pixels of 8x8 images of handwritten digits that a model hides from itself.

Source: the images of the task `digits`, from scikit-learn's `load_digits`. The first 1,200 are for training and the
last 597 for testing.

Equations:
    score = mean over test images of the model's objective, the squared error of hidden pixels
    baseline: every pixel is predicted by its mean over the training images

Shapes: B examples, C = 1, H = W = 8, from 0 for black to 1 for white.
"""

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn

from implementations.concepts.task.digits import TRAINING
from kb.guards import checked_arguments


class MaskedDigits:
    """Predict hidden pixels, scored by the objective of the model, which has to be their squared error.

    Args:
        generator: Draws the batches.
        batch_size: Images of a batch.

    Example:
        >>> inputs, target = MaskedDigits(generator=torch.Generator().manual_seed(0)).batch()
        >>> inputs["x"].shape, float(inputs["x"].max())
        (torch.Size([64, 1, 8, 8]), 1.0)
    """

    metric, higher_is_better = "squared error of hidden pixels", False
    judges = "objective"
    steps, learning_rate = 3000, 4e-3

    @checked_arguments()
    def __init__(self, *, generator: torch.Generator, batch_size: int = 64) -> None:
        self.generator, self.batch_size = generator, batch_size
        self.images = torch.tensor(load_digits().data, dtype=torch.float32).view(-1, 1, 8, 8) / 16

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return random training images, which are the target too."""
        x = self.images[torch.randint(0, TRAINING, (self.batch_size,), generator=self.generator)]
        return {"x": x}, x

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return all test images."""
        x = self.images[TRAINING:]
        return {"x": x}, x

    def baseline(self) -> float:
        """Return the squared error of the mean training image, which is that of hidden pixels if all are as often."""
        return float((self.images[TRAINING:] - self.images[:TRAINING].mean(0)).square().mean())


@torch.no_grad()
def examples(task: MaskedDigits, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return test images, what is visible of them on a mid-grey ground, and the image with the rest predicted."""
    x = task.images[TRAINING : TRAINING + count]
    side = module.patch
    noise = torch.randn(count, x[0].numel() // side**2, generator=torch.Generator().manual_seed(0))
    image, hidden = module(x, noise)
    grid = hidden.view(-1, 1, 8 // side, 8 // side)
    hidden = grid.repeat_interleave(side, 2).repeat_interleave(side, 3).bool()
    visible, filled = x.masked_fill(hidden, 0.5), torch.where(hidden, image.clamp(0, 1), x)
    rows = zip(visible, filled, x, strict=True)
    return [{"visible": a[0], "filled in": b[0], "image": c[0]} for a, b, c in rows]

"""Binarised digits: the distribution of 8x8 images of handwritten digits whose pixels are black or white.

Source: the images of the task `digits`, from scikit-learn's `load_digits`. Of the grey values of a pixel, 0 to 16,
those from 8 on count as one. The first 1,200 images are for training and the last 597 for testing, except for the few
whose bits equal those of an image for training.

Equations:
    score = mean over test images of the model's objective, a bound of -log p(x)
    baseline: pixels that are independent, with q_i = (training images with pixel i on + 1) / (training images + 2)

Shapes: B examples, F = 64 pixels.
"""

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn

from implementations.concepts.task.digits import TRAINING
from kb.guards import checked_arguments

BRIGHT = 8


class BinarisedDigits:
    """Learn a distribution over images of bits, scored by the objective of the model, which has to be in nats.

    Args:
        generator: Draws the batches.
        batch_size: Images of a batch.

    Example:
        >>> inputs, target = BinarisedDigits(generator=torch.Generator().manual_seed(0)).batch()
        >>> inputs["x"].shape, inputs["x"].unique()
        (torch.Size([64, 64]), tensor([0., 1.]))
    """

    metric, higher_is_better = "negative log-likelihood in nats", False
    judges = "objective"
    steps, learning_rate = 3000, 5e-3

    @checked_arguments()
    def __init__(self, *, generator: torch.Generator, batch_size: int = 64) -> None:
        self.generator, self.batch_size = generator, batch_size
        images = torch.tensor(load_digits().data >= BRIGHT, dtype=torch.float32)
        self.training, others = images[:TRAINING], images[TRAINING:]
        self.held_out = others[torch.cdist(others, self.training, p=1).amin(1) > 0]

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return random training images, which are the target too."""
        x = self.training[torch.randint(0, TRAINING, (self.batch_size,), generator=self.generator)]
        return {"x": x}, x

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return all test images."""
        return {"x": self.held_out}, self.held_out

    def baseline(self) -> float:
        """Return the mean -log q(x) of the test images, for independent pixels."""
        on = (self.training.sum(0) + 1) / (TRAINING + 2)
        return float(-(self.held_out * on.log() + (1 - self.held_out) * (1 - on).log()).sum(1).mean())


def examples(task: BinarisedDigits, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return images that a module draws, each with the training image that is nearest to it: is it a copy?"""
    drawn = module.sample(count, torch.Generator().manual_seed(0)).flatten(1)
    nearest = task.training[torch.cdist(drawn, task.training).argmin(1)]
    rows = zip(drawn.view(-1, 8, 8), nearest.view(-1, 8, 8), strict=True)
    return [{"drawn": x, "nearest known": y} for x, y in rows]

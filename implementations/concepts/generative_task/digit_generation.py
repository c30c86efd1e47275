"""Digit generation: draw 8x8 images of handwritten digits, with the distribution of those of other writers.

Source: the images of the task `digits`, from scikit-learn's `load_digits`. The first 1,200 are for training; samples
are compared with the last 597.

Equations:
    score = 2 E|s - x| - E|s - s'| - E|x - x'|      the energy distance; s: samples, x: held-out images, | |: Euclidean
    baseline: that of images whose pixels are drawn independently of each other, each from a random training image

Shapes: B examples, F = 64 pixels; or C = 1, H = W = 8.
"""

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn

from implementations.concepts.task.digits import TRAINING
from kb.guards import checked_arguments

LAYOUTS = {"flat": (64,), "image": (1, 8, 8)}


class DigitGeneration:
    """Learn to draw images, scored by the energy distance of as many samples as there are held-out images from these.

    Args:
        generator: Draws the batches.
        layout: `flat` vectors or `image`.
        black: Value of a black pixel: 0, or -1 for models whose images lie around zero. A white one is 1.
        batch_size: Images of a batch.
        steps: Steps of training, of which some models need more than others.

    Raises:
        ValueError: The layout or the value of a black pixel is unknown.

    Example:
        >>> task = DigitGeneration(generator=torch.Generator().manual_seed(0))
        >>> images, held_out = task.images[:TRAINING], task.test()[1]
        >>> task.score(images, held_out) < 0.1 * task.score(torch.zeros(task.count, 64), held_out)
        True
    """

    metric, higher_is_better = "energy distance", False
    judges = "samples"
    learning_rate = 1e-3

    @checked_arguments()
    def __init__(
        self,
        *,
        generator: torch.Generator,
        layout: str = "flat",
        black: float = 0.0,
        batch_size: int = 64,
        steps: int = 1000,
    ) -> None:
        if layout not in LAYOUTS:
            raise ValueError(f"layout ({layout!r}) must be one of {', '.join(LAYOUTS)}")
        if black not in (0.0, -1.0):
            raise ValueError(f"black ({black}) must be 0 or -1")
        self.generator, self.black, self.batch_size, self.steps = generator, black, batch_size, steps
        grey = torch.tensor(load_digits().data, dtype=torch.float32) / 16
        self.images = (black + (1 - black) * grey).view(-1, *LAYOUTS[layout])
        self.count = len(self.images) - TRAINING
        """Samples that are scored."""

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return random training images, which are the target too."""
        x = self.images[torch.randint(0, TRAINING, (self.batch_size,), generator=self.generator)]
        return {"x": x}, x

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return all held-out images."""
        x = self.images[TRAINING:]
        return {"x": x}, x

    def score(self, samples: Tensor, target: Tensor) -> float:
        """Return the energy distance, with black as 0 and white as 1, of images from held-out ones."""
        s, x = ((images.flatten(1) - self.black) / (1 - self.black) for images in (samples, target))
        within = [torch.pdist(images).mean() for images in (s, x)]
        return float(2 * torch.cdist(s, x).mean() - within[0] - within[1])

    def baseline(self) -> float:
        """Return the energy distance of images with independent pixels, drawn with a fixed seed."""
        training = self.images[:TRAINING]
        flat = training.flatten(1)
        of_image = torch.randint(0, TRAINING, (self.count, flat.shape[1]), generator=torch.Generator().manual_seed(0))
        return self.score(flat.gather(0, of_image), self.images[TRAINING:])


def examples(task: DigitGeneration, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return images that a module draws, each with the training image that is nearest to it: is it a copy?"""
    drawn = module.sample(count, torch.Generator().manual_seed(0)).flatten(1)
    known = task.images[:TRAINING].flatten(1)
    nearest = known[torch.cdist(drawn, known).argmin(1)]
    grey = [((x - task.black) / (1 - task.black)).view(-1, 8, 8) for x in (drawn, nearest)]
    return [{"drawn": x, "nearest known": y} for x, y in zip(*grey, strict=True)]

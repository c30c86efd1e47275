"""Digit reconstruction: reproduce 8x8 images of handwritten digits, from short codes or from damaged images.

Source: the images of the task `digits`, from scikit-learn's `load_digits`. The first 1,200 are for training and the
last 597 for testing.

Equations:
    score = mean over test images of |x - y|^2      x: image, with values from 0 to 1; y: reconstruction
    baseline: the score of the mean of the training images, for all images

Shapes: B examples, F = 64 pixels; or C = 1, H = W = 8.
"""

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn

from implementations.concepts.task.digits import TRAINING
from kb.guards import checked_arguments

LAYOUTS = {"flat": (64,), "image": (1, 8, 8)}


class DigitReconstruction:
    """Reproduce images; how short the code is, or how damaged the image, is up to the network.

    Args:
        generator: Draws the batches.
        layout: `flat` vectors or `image`.
        noise: Whether test images come with noise, the same at every test, for networks that damage images themselves.
        batch_size: Images of a batch.

    Raises:
        ValueError: The layout is unknown.

    Example:
        >>> task = DigitReconstruction(generator=torch.Generator().manual_seed(0))
        >>> inputs, images = task.test()
        >>> task.score(inputs["x"], images)
        0.0
    """

    metric, higher_is_better = "squared error of an image", False
    steps, learning_rate = 3000, 3e-3

    @checked_arguments()
    def __init__(
        self, *, generator: torch.Generator, layout: str = "flat", noise: bool = False, batch_size: int = 64
    ) -> None:
        if layout not in LAYOUTS:
            raise ValueError(f"layout ({layout!r}) must be one of {', '.join(LAYOUTS)}")
        self.generator, self.noise, self.batch_size = generator, noise, batch_size
        self.images = torch.tensor(load_digits().data, dtype=torch.float32).view(-1, *LAYOUTS[layout]) / 16

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return random training images, which are the target too."""
        x = self.images[torch.randint(0, TRAINING, (self.batch_size,), generator=self.generator)]
        return {"x": x}, x

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return all test images, with noise where networks need it."""
        x = self.images[TRAINING:]
        noise = {"noise": torch.randn(x.shape, generator=torch.Generator().manual_seed(0))} if self.noise else {}
        return {"x": x} | noise, x

    def loss(self, output: Tensor | tuple[Tensor, ...], target: Tensor) -> Tensor:
        """Return the mean squared error of the images."""
        return (reconstruction(output) - target).square().flatten(1).sum(1).mean()

    def score(self, output: Tensor | tuple[Tensor, ...], target: Tensor) -> float:
        """Return the mean squared error of the images."""
        return float(self.loss(output, target))

    def baseline(self) -> float:
        """Return the error of the mean of the training images."""
        target = self.test()[1]
        return self.score(self.images[:TRAINING].mean(0).expand_as(target), target)


def reconstruction(output: Tensor | tuple[Tensor, ...]) -> Tensor:
    """Return the last of several outputs, which is the reconstruction."""
    return output if isinstance(output, Tensor) else output[-1]


def examples(task: DigitReconstruction, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return images, with what a module makes of them where it damages them, and their reconstructions."""
    inputs, target = task.test()
    chosen = slice(0, len(target), len(target) // count)
    output = module(**{name: value[chosen] for name, value in inputs.items()})
    shown = {"image": target[chosen]} | ({"damaged": output[0]} if task.noise else {})
    shown["reconstruction"] = reconstruction(output)
    rows = zip(*(images.detach().view(-1, 8, 8) for images in shown.values()), strict=True)
    return [dict(zip(shown, row, strict=True)) for row in rows][:count]

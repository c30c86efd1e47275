"""Distilled digits: images of digits that are shifted, with labels and with the decisions of a trained teacher.

Source: the images of the task `digits`, from scikit-learn's `load_digits`; its quadratic discriminant analysis is the
teacher. The first 1,200 images are for training, of the teacher too, and the last 597 for testing.

Shapes: B examples, C = 1, H = W = 8.
"""

import torch
from sklearn.datasets import load_digits
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.task.digits import TRAINING
from kb.guards import checked_arguments

SHIFT = 1
REGULARISATION = 0.01


class DistilledDigits:
    """Classify digits after training with labels, and with the classes that a teacher takes the images for.

    The teacher fits a Gaussian to every class, of all training images at all shifts by at most one pixel in each
    direction; what leaves the image is lost. It decides for the label or for another class. A target has the label
    first, then the decision. Test images are not shifted.

    Args:
        generator: Draws the batches.
        batch_size: Images of a batch.

    Example:
        >>> inputs, target = DistilledDigits(generator=torch.Generator().manual_seed(0)).batch()
        >>> inputs["x"].shape, target.shape
        (torch.Size([64, 1, 8, 8]), torch.Size([64, 2]))
    """

    metric, higher_is_better = "accuracy", True
    steps, learning_rate = 1500, 2e-3

    @checked_arguments()
    def __init__(self, *, generator: torch.Generator, batch_size: int = 64) -> None:
        self.generator, self.batch_size = generator, batch_size
        data = load_digits()
        images = torch.tensor(data.images, dtype=torch.float32)[:, None] / 16  # [1797, 1, 8, 8]
        labels = torch.tensor(data.target)
        shifted, repeated = _shifted(images[:TRAINING]), labels[:TRAINING].repeat((2 * SHIFT + 1) ** 2)
        teacher = QuadraticDiscriminantAnalysis(reg_param=REGULARISATION)
        teacher.fit(_pixels(shifted), repeated.numpy())
        self._training, self._test = (
            (x, torch.stack([y, torch.tensor(teacher.predict(_pixels(x)))], 1))
            for x, y in ((shifted, repeated), (images[TRAINING:], labels[TRAINING:]))
        )

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return random training images at random shifts, with labels and decisions."""
        images, target = self._training
        chosen = torch.randint(0, len(images), (self.batch_size,), generator=self.generator)
        return {"x": images[chosen]}, target[chosen]

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return all test images, with labels and decisions."""
        images, target = self._test
        return {"x": images}, target

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the cross-entropy of the logits with the labels, without the teacher."""
        return F.cross_entropy(output, target[:, 0])

    def score(self, output: Tensor, target: Tensor) -> float:
        """Return the share of images that are classified correctly."""
        return float((output.argmax(1) == target[:, 0]).float().mean())

    def baseline(self) -> float:
        """Return the accuracy of always predicting the most frequent digit of the training images."""
        most_frequent = self._training[1][:, 0].bincount().argmax()
        return float((self._test[1][:, 0] == most_frequent).float().mean())


def _shifted(images: Tensor) -> Tensor:
    """Return images at all shifts, one shift after the other."""
    padded, side, starts = F.pad(images, [SHIFT] * 4), images.shape[-1], range(2 * SHIFT + 1)
    return torch.cat([padded[:, :, row : row + side, column : column + side] for row in starts for column in starts])


def _pixels(images: Tensor) -> object:
    """Return images as rows of an array."""
    return images.flatten(1).double().numpy()


def examples(task: DistilledDigits, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return images, their labels, and the digits that the teacher and a module take them for."""
    inputs, target = task.test()
    chosen = slice(0, len(target), len(target) // count)
    found = module(inputs["x"][chosen]).argmax(1)
    rows = zip(inputs["x"][chosen], target[chosen].tolist(), found.tolist(), strict=True)
    shown = [{"image": x[0], "target": str(y), "teacher": str(t), "output": str(z)} for x, (y, t), z in rows]
    return shown[:count]

"""YOLO: a convolutional network that predicts boxes and classes for each cell of a grid, in one pass over the image.

Source: Redmon et al. 2016, "You only look once: unified, real-time object detection" (redmon2016you), sec. 2.

Equations:
    h = leaky(W_1 flat(conv(x)))                    24 convolutions and four poolings: a map of S x S
    W_2 h: for each cell of the grid, A boxes x, y, s, t with a confidence, and a number for every class
    box of cell (i, j): centre ((j + x) / S, (i + y) / S), width s^2, height t^2, as shares of the image
    score of class c for a box: p(c) C              eq. 1;  C: its confidence
    leaky(a) = a if a > 0, else 0.1 a               eq. 2

Shapes: B images, C input channels, H height, W width, P and Q rows and columns of the grid, A boxes of a
    cell, K classes.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from implementations.concepts.activation.leaky_rectified_linear_unit import LeakyRectifiedLinearUnit
from implementations.concepts.decoding.non_maximum_suppression import NonMaximumSuppression
from implementations.concepts.loss.grid_detection_loss import corners, decode
from kb.guards import checked_arguments, checked_inputs

STRIDE = 64
"""Pixels of an image for a cell of the grid."""
SLOPE = 0.1


class Predictions(NamedTuple):
    """Of every cell: boxes as the network predicts them, their confidences, and a number for each class."""

    boxes: Float[Tensor, "B P Q A 4"]
    confidences: Float[Tensor, "B P Q A"]
    classes: Float[Tensor, "B P Q K"]


class Detections(NamedTuple):
    """Boxes of one image, each by its centre, width and height, with their classes and scores, the best first."""

    boxes: Float[Tensor, "N 4"]
    labels: Int[Tensor, " N"]
    scores: Float[Tensor, " N"]


class YOLO(nn.Module):
    """Convolutions, two fully connected layers, and a grid of predictions.

    Args:
        grid: Rows and columns S of the grid; an image is 64 times as high and wide.
        in_channels: Number C of input channels.
        width: Channels of the first convolution; the others have multiples of it.
        blocks: How often pairs of a 1x1 and a 3x3 convolution are repeated, in the fourth and in the fifth stage.
        hidden: Units of the first fully connected layer.
        boxes: Number A of boxes that a cell predicts.
        classes: Number K of classes.
        dropout: Share of the hidden units that training drops.

    Raises:
        ValueError: There are not two numbers of blocks.

    Example:
        >>> found = YOLO(grid=2, classes=5)(torch.zeros(2, 3, 128, 128))
        >>> found.boxes.shape, found.confidences.shape, found.classes.shape
        (torch.Size([2, 2, 2, 2, 4]), torch.Size([2, 2, 2, 2]), torch.Size([2, 2, 2, 5]))
        >>> YOLO(blocks=[1, 2, 3])
        Traceback (most recent call last):
        ValueError: YOLO(blocks=[1, 2, 3]) cannot be built: blocks ([1, 2, 3]) must have two numbers
    """

    @checked_arguments(dropout=(0, 1))
    def __init__(
        self,
        *,
        grid: int = 1,
        in_channels: int = 3,
        width: int = 1,
        blocks: Sequence[int] = (1, 1),
        hidden: int = 8,
        boxes: int = 2,
        classes: int = 3,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if len(blocks) != 2:
            raise ValueError(f"blocks ({list(blocks)}) must have two numbers")
        self.grid, self.in_channels, self.boxes, self.classes = grid, in_channels, boxes, classes
        fourth, fifth = blocks
        stages = [
            [(1, 7, 2)],
            [(3, 3, 1)],
            [(2, 1, 1), (4, 3, 1), (4, 1, 1), (8, 3, 1)],
            [*[(4, 1, 1), (8, 3, 1)] * fourth, (8, 1, 1), (16, 3, 1)],
            [*[(8, 1, 1), (16, 3, 1)] * fifth, (16, 3, 1), (16, 3, 2), (16, 3, 1), (16, 3, 1)],
        ]  # of every convolution: multiple of the width, side of the filter, stride
        self.stages, before = nn.ModuleList(), in_channels
        for number, stage in enumerate(stages):
            layers: list[nn.Module] = [nn.MaxPool2d(2)] if number else []
            for multiple, kernel, stride in stage:
                convolution = nn.Conv2d(before, multiple * width, kernel, stride, kernel // 2)
                nn.init.kaiming_normal_(convolution.weight, SLOPE)  # else 24 layers leave almost nothing of the image
                layers += [convolution, LeakyRectifiedLinearUnit(slope=SLOPE)]
                before = multiple * width
            self.stages.append(nn.Sequential(*layers))
        cells = grid**2
        self.head = nn.Sequential(
            nn.Flatten(),
            nn.Linear(cells * before, hidden),
            LeakyRectifiedLinearUnit(slope=SLOPE),
            nn.Dropout(dropout),
            nn.Linear(hidden, cells * (5 * boxes + classes)),
        )

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Predictions:
        """Return the predictions of all cells."""
        for stage in self.stages:
            x = stage(x)
        cells = self.head(x).view(len(x), self.grid, self.grid, -1)
        boxes, classes = cells.split([5 * self.boxes, self.classes], 3)
        coordinates, confidences = boxes.unflatten(3, (self.boxes, 5)).split([4, 1], 4)
        return Predictions(coordinates, confidences.squeeze(4), classes)

    @torch.no_grad()
    def detect(self, x: Float[Tensor, "B C H W"], *, least: float = 0.2, most: float = 0.5) -> list[Detections]:
        """Return the boxes of every image without duplicates.

        Args:
            x: Images.
            least: Smallest score of a box.
            most: Largest intersection over union of two boxes of a class.
        """
        found = []
        for boxes, confidences, classes in zip(*self(x), strict=True):
            scores = (confidences[..., None] * classes[:, :, None]).flatten(0, 2)  # [N, K]
            place, labels = (scores >= least).nonzero(as_tuple=True)
            chosen, scores = decode(boxes).flatten(0, 2)[place], scores[place, labels]
            order = best_of_each_class(chosen, labels, scores, most)
            found.append(Detections(chosen[order], labels[order], scores[order]))
        return found

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random images."""
        return {"x": torch.randn(B, self.in_channels, *[STRIDE * self.grid] * 2, generator=generator)}


def best_of_each_class(
    boxes: Float[Tensor, "N 4"], labels: Int[Tensor, " N"], scores: Float[Tensor, " N"], most: float
) -> Int[Tensor, " M"]:
    """Return the places of boxes that stay, the best first: those that overlap a better one of their class fall."""
    suppress, kept = NonMaximumSuppression(threshold=most), torch.zeros_like(labels, dtype=torch.bool)
    for label in labels.unique():
        same = labels == label
        kept[same] = suppress(corners(boxes[same])[None], scores[same][None])[0]
    order = scores.argsort(descending=True, stable=True)
    return order[kept[order]]

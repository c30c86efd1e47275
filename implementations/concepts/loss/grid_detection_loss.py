"""Grid detection loss: squared errors of boxes, confidences and classes, where each object belongs to a cell of a grid.

Source: Redmon et al. 2016, sec. 2 and eq. 3 (redmon2016you); where no box overlaps, their code, src/detection_layer.c.

Equations:
    the cell of an object is the one that contains its centre; of its boxes the one that overlaps most is responsible,
    or, where none overlaps, the one with the least sum of squared differences of centre, width and height
    loss = 5 sum over responsible boxes of (x - x')^2 + (y - y')^2 + (s - sqrt(w'))^2 + (t - sqrt(h'))^2
           + sum over responsible boxes of (C - IoU)^2  +  0.5 sum over the other boxes of C^2
           + sum over cells with an object and over classes c of (p(c) - p'(c))^2
    x, y: centre in the cell, from 0 to 1;  s, t: square roots of width and height as shares of the image
    IoU: area shared by the box and the object, divided by the area of both together

Shapes: B images, P and Q rows and columns of the grid, A boxes of a cell, K classes, M objects.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.decoding.intersection_over_union import shared_and_union

COORDINATES, NO_OBJECT = 5.0, 0.5
"""Factors of the errors of boxes, and of the confidences of boxes that are not responsible."""


class GridDetectionLoss(nn.Module):
    """The loss of every image. Of several objects in a cell, the first counts.

    Example:
        >>> box = torch.tensor([0.5, 0.5, 0.5, 0.5]).view(1, 1, 1, 1, 4)  # a quarter as wide and high as the image
        >>> target = torch.tensor([[[0.5, 0.5, 0.25, 0.25]]])
        >>> confident, classes = torch.ones(1, 1, 1, 1), torch.tensor([0.0, 1.0]).view(1, 1, 1, 2)
        >>> GridDetectionLoss()(box, confident, classes, torch.tensor([[1]]), target)
        tensor([0.])
    """

    def forward(
        self,
        boxes: Float[Tensor, "B P Q A 4"],
        confidences: Float[Tensor, "B P Q A"],
        classes: Float[Tensor, "B P Q K"],
        labels: Int[Tensor, "B M"],
        objects: Float[Tensor, "B M 4"],
    ) -> Float[Tensor, " B"]:
        """Return the loss; objects are centre, width and height, and those with the label K are padding."""
        holds, label, box = self.assign(classes, labels, objects)
        predicted, expected = decode(boxes.detach()), decode(box[:, :, :, None])
        overlaps, distances = overlap(predicted, expected), (predicted - expected).square().sum(4)  # [B, P, Q, A]
        ranking = torch.where(overlaps.amax(3, keepdim=True) > 0, overlaps, -distances)
        responsible = holds[..., None] & F.one_hot(ranking.argmax(3), boxes.shape[3]).bool()
        of_boxes = (boxes - box[:, :, :, None]).square().sum(4)
        of_objects = (confidences - overlaps).square()
        of_classes = (classes - F.one_hot(label, classes.shape[3])).square().sum(3)
        errors = torch.where(responsible, COORDINATES * of_boxes + of_objects, NO_OBJECT * confidences.square()).sum(3)
        return (errors + holds * of_classes).sum((1, 2))

    def assign(
        self, classes: Float[Tensor, "B P Q K"], labels: Int[Tensor, "B M"], objects: Float[Tensor, "B M 4"]
    ) -> tuple[Bool[Tensor, "B P Q"], Int[Tensor, "B P Q"], Float[Tensor, "B P Q 4"]]:
        """Return for each cell whether it has an object, and the label and the encoded box of the first one."""
        batch, rows, columns, count = classes.shape
        holds = torch.zeros(batch, rows, columns, dtype=torch.bool, device=classes.device)
        label, box = torch.zeros_like(holds, dtype=torch.long), classes.new_zeros(batch, rows, columns, 4)
        cells, encoded = encode(objects, rows, columns)
        for image, number in (labels < count).nonzero().flip(0).tolist():  # the first object of a cell comes last
            row, column = cells[image, number].tolist()
            holds[image, row, column] = True
            label[image, row, column] = labels[image, number]
            box[image, row, column] = encoded[image, number]
        return holds, label, box

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, P: int = 3, Q: int = 2) -> dict[str, Tensor]:
        """Return random predictions and objects; the first image has none."""
        labels = torch.randint(0, 3, (B, 2), generator=generator)
        labels[0] = 3
        return {
            "boxes": 0.2 + 0.6 * torch.rand(B, P, Q, 2, 4, generator=generator),
            "confidences": torch.randn(B, P, Q, 2, generator=generator),
            "classes": torch.randn(B, P, Q, 3, generator=generator),
            "labels": labels,
            "objects": 0.1 + 0.8 * torch.rand(B, 2, 4, generator=generator),
        }


def encode(
    objects: Float[Tensor, "*N 4"], rows: int, columns: int
) -> tuple[Int[Tensor, "*N 2"], Float[Tensor, "*N 4"]]:
    """Return the row and column of the cell of every object, and its box as a cell should predict it."""
    x, y, width, height = objects.unbind(-1)
    column = (x * columns).floor().clamp(0, columns - 1)
    row = (y * rows).floor().clamp(0, rows - 1)
    box = torch.stack([x * columns - column, y * rows - row, width.sqrt(), height.sqrt()], -1)
    return torch.stack([row, column], -1).long(), box


def decode(boxes: Float[Tensor, "*B P Q A 4"]) -> Float[Tensor, "*B P Q A 4"]:
    """Return centre, width and height of the boxes that cells predict, as shares of the image."""
    rows, columns = boxes.shape[-4:-2]
    row = torch.arange(rows, dtype=boxes.dtype, device=boxes.device)[:, None, None]
    column = torch.arange(columns, dtype=boxes.dtype, device=boxes.device)[:, None]
    x, y, s, t = boxes.unbind(-1)
    return torch.stack([(column + x) / columns, (row + y) / rows, s.square(), t.square()], -1)


def overlap(first: Float[Tensor, "... 4"], second: Float[Tensor, "... 4"]) -> Float[Tensor, "..."]:
    """Return the intersection over union of boxes, each given by its centre, width and height; shapes are broadcast."""
    shared, union = shared_and_union(corners(first), corners(second))
    return shared / union.clamp_min(torch.finfo(union.dtype).tiny)  # none, of two boxes without an area


def corners(boxes: Float[Tensor, "... 4"]) -> Float[Tensor, "... 4"]:
    """Return two opposite corners of boxes, each given by its centre, width and height."""
    centre, size = boxes.split(2, -1)
    return torch.cat([centre - size / 2, centre + size / 2], -1)

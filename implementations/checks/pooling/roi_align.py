"""Exact checks of ROI align."""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.pooling.roi_align import ROIAlign


def linear_maps(generator: torch.Generator) -> float:
    """Return the difference of cells from the values at their centres, on maps that are linear in the place."""
    slope, level = (torch.randn(size, generator=generator, dtype=torch.float64) for size in ((2, 3), (3, 1, 1)))
    rows, columns = (torch.arange(size, dtype=torch.float64) + 0.5 for size in (6, 7))
    x = level + slope[0, :, None, None] * rows[:, None] + slope[1, :, None, None] * columns
    box = torch.tensor([0.7, 1.1, 6.2, 4.4], dtype=torch.float64)
    left, top, right, bottom = box.tolist()
    share = (torch.arange(4, dtype=torch.float64) + 0.5) / 4
    across, down = left + (right - left) * share, top + (bottom - top) * share
    expected = level + slope[0, :, None, None] * down[:, None] + slope[1, :, None, None] * across
    return difference(ROIAlign(cells=4, samples=3)(x[None], box[None], torch.tensor([0]))[0], expected)


def product_of_matrices(generator: torch.Generator) -> float:
    """Return the difference from products with matrices of weights of rows and columns, for random boxes."""
    align = ROIAlign(cells=3, samples=2)
    inputs = align.example_inputs(generator, N=8)
    x, boxes = inputs["x"].double(), inputs["boxes"].double()
    expected = [
        _weights(top, bottom, x.shape[2]) @ x[number] @ _weights(left, right, x.shape[3]).T
        for (left, top, right, bottom), number in zip(boxes.tolist(), inputs["image"].tolist(), strict=True)
    ]
    return difference(align(x, boxes, inputs["image"]), torch.stack(expected))


def the_whole_map(generator: torch.Generator) -> float:
    """Return the difference from the map, of a box around all of it, with a cell and a sample for each pixel."""
    x = torch.randn(2, 3, 5, 5, generator=generator, dtype=torch.float64)
    boxes = torch.tensor([[0.0, 0.0, 5.0, 5.0]], dtype=torch.float64).expand(2, 4)
    return difference(ROIAlign(cells=5, samples=1)(x, boxes, torch.arange(2)), x)


def _weights(start: float, end: float, size: int) -> Tensor:
    """Return the weights of positions in three cells between two places."""
    place = start + (end - start) * (torch.arange(6, dtype=torch.float64) + 0.5) / 6 - 0.5
    place = place.clamp(0, size - 1)
    return (1 - (place[:, None] - torch.arange(size)).abs()).clamp(min=0).unflatten(0, (3, 2)).mean(1)

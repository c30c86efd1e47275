"""Exact checks of the intersection over union."""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.decoding.intersection_over_union import IntersectionOverUnion


def counted_pixels(generator: torch.Generator) -> float:
    """Return the difference from pixels that are counted, of boxes whose corners are whole numbers."""
    first, second = (_boxes(generator) for _ in range(2))
    expected = []
    for pair in zip(first.tolist(), second.tolist(), strict=True):
        a, b = (
            {(x, y) for x in range(int(left), int(right)) for y in range(int(top), int(bottom))}
            for left, top, right, bottom in pair
        )
        expected.append(len(a & b) / len(a | b))
    return difference(IntersectionOverUnion()(first, second), torch.tensor(expected, dtype=torch.float64))


def neither_place_nor_size_matters(generator: torch.Generator) -> float:
    """Return by how much the overlap changes where both boxes are moved, stretched along each axis, and exchanged."""
    first, second = (_boxes(generator) for _ in range(2))
    stretched = [
        box * torch.tensor([2.0, 5.0, 2.0, 5.0]) + torch.tensor([3.0, -4.0, 3.0, -4.0]) for box in (first, second)
    ]
    return difference(IntersectionOverUnion()(*reversed(stretched)), IntersectionOverUnion()(first, second))


def _boxes(generator: torch.Generator) -> Tensor:
    """Return 30 boxes within a square of 9 by 9."""
    corner = torch.randint(0, 5, (30, 2), generator=generator)
    return torch.cat([corner, corner + torch.randint(1, 5, (30, 2), generator=generator)], 1).double()

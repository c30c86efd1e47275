"""Exact checks of the block shapes."""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.claims.precision import double_precision
from implementations.concepts.synthetic_task.block_shapes import SHAPES, BlockShapes


def mirror_images(generator: torch.Generator) -> float:
    """Return the difference between sorted distances within the two screws, or 1 if they have the same volume."""
    left, right = (torch.tensor(SHAPES[name], dtype=torch.float64) for name in ("left screw", "right screw"))
    if _volume(left) != -_volume(right) or _volume(left) == 0:
        return 1.0
    return difference(*(torch.pdist(shape).sort().values for shape in (left, right)))


def rotations_keep_shapes(generator: torch.Generator) -> float:
    """Return the largest difference of distances and volumes between shapes of the test and those of a batch."""
    with double_precision():
        task = BlockShapes(generator=generator)
    given, drawn = (inputs["x"].unflatten(0, (-1, 4)) for inputs, _ in (task.batch(), task.test()))
    errors = [(torch.pdist(drawn[number]) - torch.pdist(given[number % 8])).abs().max() for number in range(len(drawn))]
    volumes = [abs(_volume(drawn[number]) - _volume(given[number % 8])) for number in range(len(drawn))]
    return max(*map(float, errors), *map(float, volumes))


def _volume(shape: Tensor) -> Tensor:
    """Return the signed volume of the three ways from the first block to the others."""
    return torch.linalg.det(shape[1:] - shape[0])

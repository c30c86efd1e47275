"""Exact checks of the orbit of an image."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.equivariant_layer.square_orbit import SquareOrbit


def a_moved_image_has_the_same_copies(generator: torch.Generator) -> float:
    """Return the largest distance of a copy of a moved image from the nearest copy of the image; 1 if two coincide."""
    x = torch.randn(1, 2, 4, 4, generator=generator, dtype=torch.float64)
    copies = SquareOrbit()(x)[0].flatten(1)
    distances = torch.cdist(copies, copies) + torch.eye(8)
    if distances.min() < 1e-3:
        return 1.0
    moved = [SquareOrbit()(image)[0].flatten(1) for image in (x.rot90(1, (2, 3)), x.flip(2), x.flip(3), x.mT)]
    return max((others[:, None] - copies).abs().amax(2).amin(1).max().item() for others in moved)


def pixels_move_as_coordinates_do(generator: torch.Generator) -> float:
    """Return the difference from copies whose pixels are looked up at coordinates that a matrix transforms."""
    x = torch.randn(2, 3, 5, 5, generator=generator, dtype=torch.float64)
    centred = torch.stack(torch.meshgrid(torch.arange(-2, 3), torch.arange(-2, 3), indexing="ij"))  # rows and columns
    turn, mirror = torch.tensor([[0, 1], [-1, 0]]), torch.tensor([[1, 0], [0, -1]])
    copies = []
    for side in (torch.eye(2, dtype=torch.long), mirror):
        for turns in range(4):
            matrix = side @ torch.linalg.matrix_power(turn.double(), turns).long()
            rows, columns = torch.einsum("ij,jhw->ihw", matrix, centred) + 2
            copies.append(x[:, :, rows, columns])
    return difference(SquareOrbit()(x), torch.stack(copies, 1))

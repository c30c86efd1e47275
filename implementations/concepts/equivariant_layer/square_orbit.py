"""Orbit of an image: its copies under all eight symmetries of the square.

Source: Laptev, Savinov, Buhmann & Pollefeys 2016, "TI-pooling: transformation-invariant pooling for feature learning in
convolutional neural networks" (laptev2016ti), for a set of transformations that is a group.

Equations:
    { phi(x) : phi in Phi },   Phi: rotations by multiples of 90 degrees, and the same after a reflection

Shapes: B examples, C channels, H height and W width, which are equal.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class SquareOrbit(nn.Module):
    """Four rotations of the image, then four rotations of its mirror image.

    Raises:
        ValueError: Height and width differ.

    Example:
        >>> SquareOrbit()(torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]))[0, :, 0, 0, 0].tolist()
        [1.0, 2.0, 4.0, 3.0, 2.0, 1.0, 3.0, 4.0]
        >>> SquareOrbit()(torch.zeros(1, 1, 2, 3))
        Traceback (most recent call last):
        ValueError: x has 2 rows and 3 columns; a rotation by 90 degrees needs as many of each
    """

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B 8 C H W"]:
        """Return all copies of every image."""
        rows, columns = x.shape[2:]
        if rows != columns:
            raise ValueError(f"x has {rows} rows and {columns} columns; a rotation by 90 degrees needs as many of each")
        return torch.stack([side.rot90(turns, (2, 3)) for side in (x, x.flip(3)) for turns in range(4)], 1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random square images."""
        return {"x": torch.randn(B, 2, 3, 3, generator=generator)}

"""Learned position code: a table with a vector for every position, added to the input.

Source: Devlin et al. 2019 (devlin2018bert); Dosovitskiy et al. 2021, eq. 1 (dosovitskiy2020image).

Equations:
    y_t = x_t + P_t      P: learned, one row for every position

Shapes: B examples, T positions, D width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments

SPREAD = 0.02
"""Standard deviation of the first values, as in the code of BERT, GPT-2 and the Vision Transformer."""


class LearnedPositionCode(nn.Module):
    """A row of the table is added at every position; there is none beyond its end.

    Args:
        width: Width D of the vectors.
        length: Number of rows.

    Example:
        >>> LearnedPositionCode(width=4, length=9)(torch.zeros(2, 3, 4)).shape
        torch.Size([2, 3, 4])
    """

    @checked_arguments()
    def __init__(self, *, width: int = 6, length: int = 5) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(length, width) * SPREAD)

    def forward(self, x: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return the input plus the rows of its positions.

        Raises:
            ValueError: The sequence is longer than the table.
        """
        length = len(self.weight)
        if x.shape[1] > length:
            raise ValueError(f"a sequence of {x.shape[1]} positions came, and the table of codes ends at {length}")
        return x + self.weight[: x.shape[1]]

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return a random sequence that is as long as the table."""
        return {"x": torch.randn(B, *self.weight.shape, generator=generator)}

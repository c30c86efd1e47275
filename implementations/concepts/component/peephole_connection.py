"""Peephole connection: a gate sees the cell that it controls, through one weight for each cell.

Source: Gers, Schraudolph & Schmidhuber 2002 (gers2002learning); Graves 2013, eq. 7-10 (graves2013generating).

Equations:
    y = w * c        elementwise: the matrix is diagonal

Shapes: B examples, U cells.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class PeepholeConnection(nn.Module):
    """A diagonal linear map of the cell.

    Args:
        units: Number U of cells.
    """

    @checked_arguments()
    def __init__(self, *, units: int = 4) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(units).uniform_(-(units**-0.5), units**-0.5))

    def forward(self, c: Float[Tensor, "B U"]) -> Float[Tensor, "B U"]:
        """Return the cell's contribution to the sum of the gate."""
        return self.weight * c

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random cells."""
        return {"c": torch.randn(B, len(self.weight), generator=generator)}

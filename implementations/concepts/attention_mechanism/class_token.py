"""Class token: a learned vector ahead of a sequence, whose output stands for the whole.

Source: Devlin et al. 2019 (devlin2018bert); Dosovitskiy et al. 2021, eq. 1 (dosovitskiy2020image), for images.

Equations:
    y = [c; x_1; ...; x_T]      c: learned, the same for every input

Shapes: B examples, T positions, S = T + 1 positions of the output, D width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class ClassToken(nn.Module):
    """One learned vector, put ahead of every sequence.

    Args:
        width: Width D of the vectors.

    Example:
        >>> ClassToken(width=4)(torch.zeros(2, 3, 4)).shape
        torch.Size([2, 4, 4])
    """

    @checked_arguments()
    def __init__(self, *, width: int = 6) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.zeros(width))

    def forward(self, x: Float[Tensor, "B T D"]) -> Float[Tensor, "B S D"]:
        """Return the sequence with the token at its first position."""
        return torch.cat([self.token.expand(len(x), 1, -1), x], 1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 4) -> dict[str, Tensor]:
        """Return a random sequence."""
        return {"x": torch.randn(B, T, len(self.token), generator=generator)}

"""Sinusoidal grid code: half of the features of a position encode its column, the other half its row.

Source: Peebles & Xie 2023, sec. 3.2 (peebles2022scalable); the formula is that of their code.

Equations:
    code(p, q) = [s(q), s(p)]                          p: row, q: column
    s(q) = [sin(w_0 q), ..., cos(w_0 q), ...]          w_i = 10000^(-i / n), i = 0 .. n - 1, n = D / 4

Shapes: B examples, P rows, Q columns, D width.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from kb.guards import checked_arguments


class SinusoidalGridCode(nn.Module):
    """Adds to every vector of a grid a code of its place; it has no parameters and works for grids of any size.

    Args:
        width: Width D of the vectors, divisible by four.

    Raises:
        ValueError: The width is not divisible by four.

    Example:
        >>> code = SinusoidalGridCode(width=4)(torch.zeros(1, 2, 3, 4))
        >>> bool((code[0, 1, 1, :2] == code[0, 1, 1, 2:]).all())
        True
    """

    @checked_arguments()
    def __init__(self, *, width: int = 8) -> None:
        super().__init__()
        if width % 4:
            raise ValueError(f"width ({width}) must be divisible by 4: a sine and a cosine for rows and for columns")
        self.width = width

    def forward(self, x: Float[Tensor, "B P Q D"]) -> Float[Tensor, "B P Q D"]:
        """Return the input plus the codes of its positions."""
        rows, columns = (waves(torch.arange(size, device=x.device), self.width // 2) for size in x.shape[1:3])
        code = torch.cat([columns.expand(len(rows), -1, -1), rows[:, None].expand(-1, len(columns), -1)], 2)
        return x + code.to(x.dtype)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, P: int = 2, Q: int = 3) -> dict[str, Tensor]:
        """Return random vectors on a grid."""
        return {"x": torch.randn(B, P, Q, self.width, generator=generator)}


def waves(position: Int[Tensor, " T"], width: int) -> Float[Tensor, "T D"]:
    """Return an even number of sines, and after them as many cosines, whose frequencies fall from 1 towards 1/10000."""
    half = width // 2
    frequencies = 10_000 ** (-torch.arange(half, dtype=torch.float64, device=position.device) / half)
    angles = position[:, None] * frequencies
    return torch.cat([angles.sin(), angles.cos()], 1)

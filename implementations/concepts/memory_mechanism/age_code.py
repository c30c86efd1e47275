"""Age code: adds to every memory a learned vector for how long ago it was stored, counted in memories.

Source: Sukhbaatar et al. 2015, sec. 4.1, temporal encoding (sukhbaatar2015end).

Equations:
    m'_i = m_i + T(i),   i = 1 for the memory stored last

Shapes: B examples, M memories, D features.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class AgeCode(nn.Module):
    """A table of vectors for ages.

    Args:
        memories: Number of ages that have vectors.
        width: Number D of features.

    Raises:
        ValueError: There are more memories than ages.
    """

    @checked_arguments()
    def __init__(self, *, memories: int = 8, width: int = 4) -> None:
        super().__init__()
        self.weight = nn.Parameter(0.1 * torch.randn(memories, width))

    def forward(self, m: Float[Tensor, "B M D"]) -> Float[Tensor, "B M D"]:
        """Return the memories plus the vectors of their ages."""
        if m.shape[1] > len(self.weight):
            raise ValueError(f"{m.shape[1]} memories are more than the {len(self.weight)} ages")
        return m + self.weight[: m.shape[1]].flip(0)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random memories, fewer than there are ages."""
        return {"m": torch.randn(B, 5, self.weight.shape[1], generator=generator)}

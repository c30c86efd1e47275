"""Relative grid attention: scores have a part for the distance in rows and one for that in columns.

Source: Li et al. 2022, "MViTv2" (li2021mvitv2), in the form of the segment anything model (kirillov2023segment).

Equations:
    score(i j, r s) = q_ij . k_rs / sqrt(d) + q_ij . R_row[i - r] + q_ij . R_column[j - s]

Shapes: B examples, P = Q = side rows and columns, D width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class RelativeGridAttention(nn.Module):
    """Multi-head self-attention on a square grid, with tables of vectors for the distances; these start at zero.

    Args:
        width: Width D of the inputs and outputs.
        heads: Attention heads; must divide the width.
        side: Rows P of the grid, and columns.

    Raises:
        ValueError: The heads do not divide the width.

    Example:
        >>> RelativeGridAttention(width=6, heads=4)
        Traceback (most recent call last):
        ValueError: RelativeGridAttention(width=6, heads=4) cannot be built: width (6) must be divisible by heads (4)
    """

    @checked_arguments()
    def __init__(self, *, width: int = 6, heads: int = 2, side: int = 3) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"width ({width}) must be divisible by heads ({heads})")
        self.width, self.heads, self.side = width, heads, side
        self.query_key_value, self.output = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.rows, self.columns = (nn.Parameter(torch.zeros(2 * side - 1, width // heads)) for _ in range(2))

    def forward(self, z: Float[Tensor, "B P Q D"]) -> Float[Tensor, "B P Q D"]:
        """Return the output at every position."""
        side = self.side
        q, k, v = self.query_key_value(z).unflatten(3, (3, self.heads, -1)).permute(3, 0, 4, 1, 2, 5)
        offset = torch.arange(side, device=z.device)
        offset = offset[:, None] - offset + side - 1
        rows = torch.einsum("bhpqc,prc->bhpqr", q, self.rows[offset])
        columns = torch.einsum("bhpqc,qsc->bhpqs", q, self.columns[offset])
        scores = (rows[..., None] + columns[..., None, :]).flatten(4).flatten(2, 3)  # [B, heads, P Q, P Q]
        mixed = F.scaled_dot_product_attention(q.flatten(2, 3), k.flatten(2, 3), v.flatten(2, 3), attn_mask=scores)
        return self.output(mixed.transpose(1, 2).flatten(2).unflatten(1, (side, side)))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random features on the grid."""
        return {"z": torch.randn(B, self.side, self.side, self.width, generator=generator)}

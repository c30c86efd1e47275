"""Patch merging: the features of two by two neighbouring patches are concatenated, and mapped to twice the width.

Source: Liu et al. 2021, "Swin Transformer: hierarchical vision Transformer using shifted windows", sec. 3.1
(liu2021swin); the normalisation is that of the authors' code.

Equations:
    y[p, q] = A LN([x[2p, 2q]; x[2p+1, 2q]; x[2p, 2q+1]; x[2p+1, 2q+1]])      A: 2D rows, no bias

Shapes: B examples, H rows, W columns, D width; P and Q rows and columns of the result, E = 2D.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class PatchMerging(nn.Module):
    """Halves the grid and doubles the width.

    Args:
        width: Width D of the input.

    Example:
        >>> PatchMerging(width=3)(torch.zeros(1, 4, 6, 3)).shape
        torch.Size([1, 2, 3, 6])
    """

    @checked_arguments()
    def __init__(self, *, width: int = 4) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(4 * width)
        self.reduction = nn.Linear(4 * width, 2 * width, bias=False)

    def forward(self, x: Float[Tensor, "B H W D"]) -> Float[Tensor, "B P Q E"]:
        """Return the merged patches; a row or column of zeros completes an odd grid."""
        return self.reduction(self.norm(concatenated(x)))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 4, W: int = 5) -> dict[str, Tensor]:
        """Return random patches on a grid with an odd number of columns."""
        return {"x": torch.randn(B, H, W, self.reduction.in_features // 4, generator=generator)}


def concatenated(x: Float[Tensor, "B H W D"]) -> Float[Tensor, "B P Q F"]:
    """Return the features of two by two neighbours next to each other, those of the left column first."""
    x = F.pad(x, (0, 0, 0, x.shape[2] % 2, 0, x.shape[1] % 2))
    pairs = x.unflatten(2, (-1, 2)).unflatten(1, (-1, 2))  # [B, H/2, 2, W/2, 2, D]
    return pairs.permute(0, 1, 3, 4, 2, 5).flatten(3)

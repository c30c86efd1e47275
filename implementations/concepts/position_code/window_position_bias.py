"""Relative position bias: a learned number for every head and offset is added to the scores within a window.

Source: Liu et al. 2021, "Swin Transformer: hierarchical vision Transformer using shifted windows", sec. 3.2
(liu2021swin).

Equations:
    score_h(i, j) = q_i . k_j / sqrt(d) + B_h[row_i - row_j, column_i - column_j]

Shapes: any leading axes, h heads, M rows and columns of a window, T = M^2 positions of it, row after row.
"""

import torch
from torch import Tensor, nn

from kb.guards import checked_arguments

SPREAD = 0.02
"""Standard deviation of the first values, as in the authors' code."""


class RelativePositionBias(nn.Module):
    """A table with an entry for every head and offset.

    Args:
        heads: Number h of heads.
        window: Rows M of a window, and columns.

    Example:
        >>> bias = RelativePositionBias(heads=3, window=2)
        >>> bias.table.shape, bias(torch.zeros(5, 3, 4, 4)).shape
        (torch.Size([3, 3, 3]), torch.Size([5, 3, 4, 4]))
    """

    @checked_arguments()
    def __init__(self, *, heads: int = 2, window: int = 2) -> None:
        super().__init__()
        self.window = window
        offsets = 2 * window - 1  # along one axis, from 1 - M to M - 1
        self.table = nn.Parameter(torch.randn(heads, offsets, offsets) * SPREAD)

    def forward(self, scores: Tensor) -> Tensor:
        """Return the scores `[..., h, T, T]` of queries and keys plus the entries of their offsets."""
        steps = torch.arange(self.window, device=scores.device)
        row, column = torch.cartesian_prod(steps, steps).T  # of every position
        down, right = (at[:, None] - at + self.window - 1 for at in (row, column))
        return scores + self.table[:, down, right]

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random scores of a window."""
        return {"scores": torch.randn(B, len(self.table), self.window**2, self.window**2, generator=generator)}

"""Margin ranking loss: every wrong candidate should score less than the right one, by a margin.

Source: Weston, Chopra & Bordes 2015, eq. 6-8 (weston2014memory).

Equations:
    loss = sum over i other than the right one of max(0, gamma - s_right + s_i)

Shapes: B examples, K candidates.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from kb.guards import checked_arguments


class MarginRankingLoss(nn.Module):
    """The sum of the violations of the margin by wrong candidates.

    Args:
        margin: How much less a wrong candidate should score.

    Example:
        >>> MarginRankingLoss(margin=1.0)(torch.tensor([[2.0, 1.5, 0.0]]), torch.tensor([0]))
        tensor([0.5000])
    """

    @checked_arguments(margin=0)
    def __init__(self, *, margin: float = 0.1) -> None:
        super().__init__()
        self.margin = margin

    def forward(self, scores: Float[Tensor, "B K"], right: Int[Tensor, " B"]) -> Float[Tensor, " B"]:
        """Return the loss of every example."""
        short = (self.margin - scores.gather(1, right[:, None]) + scores).clamp_min(0)
        return short.scatter(1, right[:, None], 0.0).sum(1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 4) -> dict[str, Tensor]:
        """Return random scores, some within the margin, and the right candidates."""
        scores = 0.2 * torch.randn(B, 5, generator=generator)
        return {"scores": scores, "right": torch.randint(0, 5, (B,), generator=generator)}

"""Contrastive loss: pairs of one class should be close, and pairs of two classes further apart than a margin.

Source: Hadsell, Chopra & LeCun 2006, sec. 2.1 (hadsell2006dimensionality).

Equations:
    loss = (1 - Y) 1/2 d^2 + Y 1/2 max(0, m - d)^2      Y: 0 for a pair of one class, 1 for a pair of two; d: distance

Shapes: B pairs.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from kb.guards import checked_arguments


class ContrastiveLoss(nn.Module):
    """Half of the square of the distance, or of that by which it is short of the margin.

    Args:
        margin: How far apart a pair of two classes should be.

    Example:
        >>> ContrastiveLoss(margin=2.0)(torch.tensor([1.0, 1.5, 3.0]), torch.tensor([0, 1, 1]))
        tensor([0.5000, 0.1250, 0.0000])
    """

    @checked_arguments(margin=0)
    def __init__(self, *, margin: float = 1.0) -> None:
        super().__init__()
        self.margin = margin

    def forward(self, distance: Float[Tensor, " B"], different: Int[Tensor, " B"]) -> Float[Tensor, " B"]:
        """Return the loss of every pair.

        Args:
            distance: Of the two members of a pair.
            different: 0 for a pair of one class, 1 for a pair of two.
        """
        short = (self.margin - distance).clamp_min(0)
        return ((1 - different) * distance.square() + different * short.square()) / 2

    def example_inputs(self, generator: torch.Generator, *, B: int = 6) -> dict[str, Tensor]:
        """Return random distances within the margin and beyond it, and whether the classes differ."""
        distance = 2 * self.margin * torch.rand(B, generator=generator)
        return {"distance": distance, "different": torch.randint(0, 2, (B,), generator=generator)}

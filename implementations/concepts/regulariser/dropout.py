"""Dropout: training sets a random part of the units to zero.

Source: Srivastava et al. 2014 (srivastava2014dropout); Krizhevsky, Sutskever & Hinton 2012 (krizhevsky2012imagenet).

Equations:
    y = m x / (1 - p), m_i = 1 with probability 1 - p, else 0      in training
    y = x                                                          at inference

Shapes: any; it acts on each number separately.
"""

import torch
from torch import Tensor, nn

from kb.guards import checked_arguments


class Dropout(nn.Module):
    """The mask and the scaling, written out.

    Args:
        share: Probability p of dropping a unit.

    Raises:
        ValueError: The share is not in [0, 1).
    """

    @checked_arguments()
    def __init__(self, *, share: float = 0.5) -> None:
        super().__init__()
        if not 0 <= share < 1:
            raise ValueError(f"share ({share}) must be at least 0 and below 1")
        self.share = share

    def forward(self, x: Tensor) -> Tensor:
        """Return the input, in training with random units dropped and the others scaled."""
        return self.masked(x, torch.rand_like(x) >= self.share) if self.training else x

    def masked(self, x: Tensor, kept: Tensor) -> Tensor:
        """Return the input with only the given units kept, and scaled."""
        return x * kept / (1 - self.share)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features."""
        return {"x": torch.randn(B, 5, generator=generator)}

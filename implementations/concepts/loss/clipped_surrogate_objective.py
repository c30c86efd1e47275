"""Clipped surrogate objective: advantages, weighted by how much more likely the actions are than they were.

Source: Schulman et al. 2017, "Proximal policy optimization algorithms", eq. 7 (schulman2017proximal).

Equations:
    L = min(r A, clip(r, 1 - epsilon, 1 + epsilon) A),   r = pi(a | s) / pi_old(a | s)

Shapes: any.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class ClippedSurrogateObjective(nn.Module):
    """What is to become large; it grows with the ratio only up to a bound, where the advantage is positive.

    Args:
        clip: How far epsilon the ratio may be from one.

    Example:
        >>> ratio = torch.tensor([0.5, 1.0, 1.5])
        >>> ClippedSurrogateObjective()(ratio, torch.ones(3)), ClippedSurrogateObjective()(ratio, -torch.ones(3))
        (tensor([0.5000, 1.0000, 1.2000]), tensor([-0.8000, -1.0000, -1.5000]))
    """

    @checked_arguments(clip=0)
    def __init__(self, *, clip: float = 0.2) -> None:
        super().__init__()
        self.clip = clip

    def forward(self, ratio: Float[Tensor, "*any"], advantage: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
        """Return the objective of every action."""
        near = ratio.clamp(1 - self.clip, 1 + self.clip)
        return torch.minimum(ratio * advantage, near * advantage)

    def example_inputs(self, generator: torch.Generator, *, B: int = 6) -> dict[str, Tensor]:
        """Return random ratios, and advantages of both signs."""
        return {"ratio": torch.randn(B, generator=generator).exp(), "advantage": torch.randn(B, generator=generator)}

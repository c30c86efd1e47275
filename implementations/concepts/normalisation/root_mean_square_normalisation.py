"""Root mean square normalisation: the features of each position are divided by the root of their mean square.

Source: Zhang & Sennrich 2019 (zhang2019root).

Equations:
    y = gamma x / sqrt(mean(x^2) + epsilon),   over the last axis

Shapes: any leading axes, D features.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class RootMeanSquareNormalisation(nn.Module):
    """Normalisation over the last axis, written out from the equation. It does not depend on the batch.

    Args:
        width: Number D of features.
        epsilon: Added to the mean square.
    """

    @checked_arguments(epsilon=0)
    def __init__(self, *, width: int = 6, epsilon: float = 1e-5) -> None:
        super().__init__()
        self.epsilon = epsilon
        self.gamma = nn.Parameter(torch.ones(width))

    def forward(self, x: Float[Tensor, "*B D"]) -> Float[Tensor, "*B D"]:
        """Return the normalised tensor."""
        return self.gamma * x / (x.square().mean(-1, keepdim=True) + self.epsilon).sqrt()

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features that are far from normalised."""
        return {"x": 3 + 2 * torch.randn(B, 5, len(self.gamma), generator=generator)}

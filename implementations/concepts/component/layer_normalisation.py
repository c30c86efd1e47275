"""Layer normalisation: the features of each position get mean 0 and variance 1, then a learned scale and shift.

Source: Ba, Kiros & Hinton 2016 (ba2016layer).

Equations:
    y = gamma (x - mean(x)) / sqrt(variance(x) + epsilon) + beta,   over the last axis

Shapes: any leading axes, D features.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class LayerNormalisation(nn.Module):
    """Normalisation over the last axis, written out from the equation. It does not depend on the batch.

    Args:
        width: Number D of features.
        epsilon: Added to the variance.
    """

    @checked_arguments(epsilon=0)
    def __init__(self, *, width: int = 6, epsilon: float = 1e-5) -> None:
        super().__init__()
        self.epsilon = epsilon
        self.gamma = nn.Parameter(torch.ones(width))
        self.beta = nn.Parameter(torch.zeros(width))

    def forward(self, x: Float[Tensor, "*B D"]) -> Float[Tensor, "*B D"]:
        """Return the normalised tensor."""
        centred = x - x.mean(-1, keepdim=True)
        variance = centred.square().mean(-1, keepdim=True)
        return self.gamma * centred / (variance + self.epsilon).sqrt() + self.beta

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features that are far from normalised."""
        return {"x": 3 + 2 * torch.randn(B, 5, len(self.gamma), generator=generator)}

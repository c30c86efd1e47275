"""Group normalisation: the channels of an example are divided into groups, each of which gets mean 0 and variance 1.

Source: Wu & He 2018 (wu2018group).

Equations:
    y = gamma (x - mean(x)) / sqrt(variance(x) + epsilon) + beta,   over positions and the channels of a group

Shapes: B examples, C channels, H height, W width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class GroupNormalisation(nn.Module):
    """Normalisation of groups of channels, written out from the equation. It does not depend on the batch.

    Args:
        channels: Number C of channels.
        groups: Number of groups; with one it is layer normalisation of a whole image.
        epsilon: Added to the variance.

    Raises:
        ValueError: The groups are not of one size.
    """

    @checked_arguments(epsilon=0)
    def __init__(self, *, channels: int = 6, groups: int = 3, epsilon: float = 1e-5) -> None:
        super().__init__()
        if channels % groups:
            raise ValueError(f"channels ({channels}) must be divisible by groups ({groups})")
        self.groups, self.epsilon = groups, epsilon
        self.gamma = nn.Parameter(torch.ones(channels))
        self.beta = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C H W"]:
        """Return the normalised features."""
        grouped = x.unflatten(1, (self.groups, -1))  # [B, groups, C / groups, H, W]
        centred = grouped - grouped.mean((2, 3, 4), keepdim=True)
        variance = centred.square().mean((2, 3, 4), keepdim=True)
        y = (centred / (variance + self.epsilon).sqrt()).flatten(1, 2)
        return self.gamma[:, None, None] * y + self.beta[:, None, None]

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, H: int = 4, W: int = 3) -> dict[str, Tensor]:
        """Return random features that are far from normalised."""
        return {"x": 3 + 2 * torch.randn(B, len(self.gamma), H, W, generator=generator)}

"""Patch embedding: patches of an image that do not overlap, each mapped to a token by one linear layer.

Source: Dosovitskiy et al. 2021, eq. 1 (dosovitskiy2020image). A patch is flattened here as channel, row, column.

Equations:
    z_t = E x_t + b      x_t: patch t, flattened

Shapes: B examples, C channels, H height, W width, T tokens (H W / P^2), D features of a token.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class PatchEmbedding(nn.Module):
    """One linear layer, applied to every patch.

    Args:
        channels: Number C of channels of the image.
        width: Number D of features of a token.
        patch: Width P of a patch.

    Example:
        >>> PatchEmbedding(channels=3, width=8, patch=4)(torch.zeros(1, 3, 8, 12)).shape
        torch.Size([1, 6, 8])
    """

    @checked_arguments()
    def __init__(self, *, channels: int = 2, width: int = 4, patch: int = 3) -> None:
        super().__init__()
        self.channels, self.patch = channels, patch
        self.linear = nn.Linear(channels * patch**2, width)

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B T D"]:
        """Return the tokens, row after row.

        Raises:
            ValueError: The patches do not tile the image.
        """
        height, width = x.shape[2:]
        if height % self.patch or width % self.patch:
            raise ValueError(f"height ({height}) and width ({width}) must be divisible by patch ({self.patch})")
        patches = x.unfold(2, self.patch, self.patch).unfold(3, self.patch, self.patch)  # [B, C, H/P, W/P, P, P]
        return self.linear(patches.movedim(1, 3).flatten(3).flatten(1, 2))  # [B, H/P, W/P, C P P] -> [B, T, C P P]

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return a random image of two by three patches."""
        return {"x": torch.randn(B, self.channels, 2 * self.patch, 3 * self.patch, generator=generator)}

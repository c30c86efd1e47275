"""Learned constant: a map of parameters from which a generator starts, the same for all examples.

Source: Karras, Laine & Aila 2019 (karras2019style).

Equations:
    h[b, c, p] = theta[c, p]

Shapes: B examples, D numbers of the latent, C channels, H height, W width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class LearnedConstant(nn.Module):
    """A table of standard normal numbers at first.

    Args:
        channels: Number C of channels.
        side: Height H and width W of the map.

    Example:
        >>> LearnedConstant(channels=2, side=4)(torch.zeros(3, 5)).shape
        torch.Size([3, 2, 4, 4])
    """

    @checked_arguments()
    def __init__(self, *, channels: int = 2, side: int = 3) -> None:
        super().__init__()
        self.constant = nn.Parameter(torch.randn(channels, side, side))

    def forward(self, w: Float[Tensor, "B D"]) -> Float[Tensor, "B C H W"]:
        """Return the map for every example; only their number matters."""
        return self.constant.repeat(len(w), 1, 1, 1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random latents."""
        return {"w": torch.randn(B, 5, generator=generator)}

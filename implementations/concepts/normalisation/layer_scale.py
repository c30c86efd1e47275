"""Layer scale: a learned factor for every channel at the end of a residual branch, small at the start.

Source: Touvron et al. 2021, "Going deeper with image transformers" (touvron2021going).

Equations:
    y = lambda * x,   lambda = initial at the start

Shapes: any leading axes, D features.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class LayerScale(nn.Module):
    """A factor for every feature of the last axis.

    Args:
        width: Number D of features.
        initial: All factors at the start.

    Example:
        >>> LayerScale(width=2, initial=0.5)(torch.ones(1, 2)).tolist()
        [[0.5, 0.5]]
    """

    @checked_arguments(initial=0)
    def __init__(self, *, width: int = 4, initial: float = 1e-6) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.full((width,), float(initial)))

    def forward(self, x: Float[Tensor, "*B D"]) -> Float[Tensor, "*B D"]:
        """Return the scaled features."""
        return self.scale * x

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features."""
        return {"x": torch.randn(B, 5, len(self.scale), generator=generator)}

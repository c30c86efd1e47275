"""Monotonic layer: no weight is negative, and every unit rises, a third of them each convex, concave and bounded.

Source: Runje & Shankaranarayana 2023, "Constrained monotonic neural networks" (runje2023constrained).

Equations:
    z = |W| x + b
    convex:  y = max(z, 0);   concave:  y = min(z, 0);   bounded:  y = min(max(z, -1), 1)

Shapes: B examples, F numbers before, G units.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class MonotonicLayer(nn.Module):
    """A layer of units none of which falls where a number before it grows.

    Args:
        in_features: Number F of numbers before.
        kind: Units of each of the three kinds, so that there are three times as many.

    Example:
        >>> layer, x = MonotonicLayer(), torch.randn(2, 4)
        >>> bool((layer(x + 1) >= layer(x)).all())
        True
    """

    @checked_arguments()
    def __init__(self, *, in_features: int = 4, kind: int = 2) -> None:
        super().__init__()
        self.linear = nn.Linear(in_features, 3 * kind)

    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B G"]:
        """Return the units, the convex ones first and the bounded ones last."""
        convex, concave, bounded = F.linear(x, self.linear.weight.abs(), self.linear.bias).chunk(3, 1)
        return torch.cat([convex.clamp(min=0), concave.clamp(max=0), bounded.clamp(-1, 1)], 1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random numbers."""
        return {"x": torch.randn(B, self.linear.in_features, generator=generator)}

"""ReLU6: a rectified linear unit that stops growing at six.

Source: as in Sandler et al. 2018 (sandler2018mobilenetv2).

Equations:
    y = min(max(x, 0), 6)

Shapes: any; it acts on each number separately.
"""

import torch
from torch import Tensor, nn

CEILING = 6.0


class ReLU6(nn.Module):
    """The function, written out from the equation."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the function of every number."""
        return torch.where(x > 0, torch.where(x < CEILING, x, torch.full_like(x, CEILING)), torch.zeros_like(x))

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random numbers on both sides of both kinks."""
        return {"x": 6 * torch.randn(B, 5, generator=generator)}

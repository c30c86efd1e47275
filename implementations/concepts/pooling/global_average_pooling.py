"""Global average pooling: the mean of each channel over all positions.

Source: Lin, Chen & Yan 2014 (lin2013network).

Equations:
    y[c] = mean over p of x[c, p]

Shapes: B examples, C channels, any axes of positions.
"""

import torch
from torch import Tensor, nn


class GlobalAveragePooling(nn.Module):
    """The mean over all axes after the second."""

    def forward(self, x: Tensor) -> Tensor:
        """Return `[B, C]`."""
        return x.flatten(2).mean(2)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random feature maps."""
        return {"x": torch.randn(B, 3, 4, 5, generator=generator)}

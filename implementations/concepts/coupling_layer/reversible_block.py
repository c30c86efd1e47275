"""Reversible block: each half of the channels is added to by a function of the other half.

Source: Gomez et al. 2017, "The reversible residual network: backpropagation without storing activations"
(gomez2017reversible).

Equations:
    y_1 = x_1 + F(x_2),   y_2 = x_2 + G(y_1)          F, G: any functions that keep the shape
    x_2 = y_2 - G(y_1),   x_1 = y_1 - F(x_2)          the inverse, for which F and G need not be inverted

Shapes: B examples, D channels on the second axis, two halves of them; any further axes.
"""

import torch
from torch import Tensor, nn


class ReversibleBlock(nn.Module):
    """Two functions, each of one half of the channels, added to the other half.

    Args:
        f: The function F of the second half; by default a small linear layer.
        g: The function G of the first half after F has been added; by default a small linear layer.

    Example:
        >>> block, x = ReversibleBlock(), torch.randn(2, 4)
        >>> torch.allclose(block.inverse(block(x)), x, atol=1e-6)
        True
    """

    def __init__(self, *, f: nn.Module | None = None, g: nn.Module | None = None) -> None:
        super().__init__()
        self.f = nn.Linear(2, 2) if f is None else f
        self.g = nn.Linear(2, 2) if g is None else g

    def forward(self, x: Tensor) -> Tensor:
        """Return both halves after the functions have been added."""
        x_1, x_2 = x.chunk(2, 1)
        y_1 = x_1 + self.f(x_2)
        y_2 = x_2 + self.g(y_1)
        return torch.cat([y_1, y_2], 1)

    def inverse(self, y: Tensor) -> Tensor:
        """Return both halves from before."""
        y_1, y_2 = y.chunk(2, 1)
        x_2 = y_2 - self.g(y_1)
        x_1 = y_1 - self.f(x_2)
        return torch.cat([x_1, x_2], 1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random numbers."""
        return {"x": torch.randn(B, 4, generator=generator)}

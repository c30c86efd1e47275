"""Trainable subsampling: the sum of each window, times a coefficient, plus a bias; both are learned, one for each map.

Source: LeCun et al. 1998, sec. II-B (lecun1998gradient), layers S2 and S4: windows of 2 that do not overlap.

Equations:
    y[c, p] = w[c] (sum over o of x[c, k p + o]) + b[c]      o: offsets inside the window, k: its width

Shapes: B examples, C channels, H height, W width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class TrainableSubsampling(nn.Module):
    """Sums over windows that do not overlap, scaled and shifted channel by channel; it starts as average pooling.

    Args:
        channels: Number C of channels.
        window: Width k of the window, and the step to the next.

    Example:
        >>> TrainableSubsampling(channels=1)(torch.tensor([[[[0.0, 2.0], [4.0, 6.0]]]])).detach()
        tensor([[[[3.]]]])
    """

    @checked_arguments()
    def __init__(self, *, channels: int = 3, window: int = 2) -> None:
        super().__init__()
        self.channels, self.window = channels, window
        self.coefficient = nn.Parameter(torch.full((channels, 1, 1), 1 / window**2))
        self.bias = nn.Parameter(torch.zeros(channels, 1, 1))

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C P Q"]:
        """Return the smaller maps; rows and columns that fit into no window are left out."""
        return self.coefficient * F.avg_pool2d(x, self.window, self.window, divisor_override=1) + self.bias

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 6, W: int = 5) -> dict[str, Tensor]:
        """Return random feature maps, with a column that fits into no window."""
        return {"x": torch.randn(B, self.channels, H, W, generator=generator)}

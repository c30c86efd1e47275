"""Squeeze-and-excitation: every channel is scaled by a number between 0 and 1, a function of all channels' means.

Source: Hu, Shen & Sun 2018 (hu2018squeeze).

Equations:
    z[c] = mean over positions of x[c]
    s = sigmoid(W_2 ReLU(W_1 z + b_1) + b_2)
    y[c] = s[c] x[c]

Shapes: B examples, C channels, H height, W width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class SqueezeAndExcitation(nn.Module):
    """Means of the channels, two dense layers, and a scale for each channel.

    Args:
        channels: Number C of channels.
        hidden: Units between the two layers.
    """

    @checked_arguments()
    def __init__(self, *, channels: int = 4, hidden: int = 2) -> None:
        super().__init__()
        self.squeeze = nn.Linear(channels, hidden)
        self.excite = nn.Linear(hidden, channels)

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C H W"]:
        """Return the scaled channels."""
        scale = torch.sigmoid(self.excite(torch.relu(self.squeeze(x.mean((2, 3))))))
        return x * scale[:, :, None, None]  # [B, C] -> [B, C, 1, 1]

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 5, W: int = 4) -> dict[str, Tensor]:
        """Return random feature maps; height and width differ."""
        return {"x": torch.randn(B, self.squeeze.in_features, H, W, generator=generator)}

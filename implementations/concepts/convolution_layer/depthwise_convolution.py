"""Depthwise convolution: every channel has a filter of its own.

Source: Howard et al. 2017 (howard2017mobilenets).

Equations:
    y[c, p] = sum over o of k[c, o] x[c, p + o]      o: offsets inside the filter; zeros beyond the border

Shapes: B examples, C channels, H height, W width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class DepthwiseConvolution(nn.Module):
    """Written as one product and sum over the windows of each channel.

    Args:
        channels: Number C of channels.
        kernel_size: Odd width of the filters.

    Raises:
        ValueError: The filters are even.
    """

    @checked_arguments()
    def __init__(self, *, channels: int = 4, kernel_size: int = 3) -> None:
        super().__init__()
        if kernel_size % 2 == 0:
            raise ValueError(f"kernel_size ({kernel_size}) must be odd to keep the size")
        self.kernel_size = kernel_size
        self.weight = nn.Parameter(torch.randn(channels, kernel_size, kernel_size) / kernel_size)

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C H W"]:
        """Return the filtered channels."""
        size = self.kernel_size
        windows = F.pad(x, [size // 2] * 4).unfold(2, size, 1).unfold(3, size, 1)  # [B, C, H, W, k, k]
        return torch.einsum("bchwij,cij->bchw", windows, self.weight)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 6, W: int = 5) -> dict[str, Tensor]:
        """Return random feature maps."""
        return {"x": torch.randn(B, len(self.weight), H, W, generator=generator)}

"""Grouped convolution: an output channel sees only the input channels of its own group.

Source: Krizhevsky et al. 2012 (krizhevsky2012imagenet); Xie et al. 2017 (xie2017aggregated), sec. 3.3.

Equations:
    y[g, d, p] = sum over c and o of k[g, d, c, o] x[g, c, p + o]
    o: offsets inside the filter; zeros beyond the border

Shapes: B examples, C input channels, D output channels, H height, W width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class GroupedConvolution(nn.Module):
    """Written as one product and sum over the windows of each group.

    Args:
        in_channels: Number C of input channels.
        out_channels: Number D of output channels.
        groups: Number of groups; must divide both.
        kernel_size: Odd width of the filters.

    Raises:
        ValueError: The groups do not divide the channels, or the filters are even.

    Examples:
        >>> GroupedConvolution(groups=4)  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ValueError: GroupedConvolution(groups=4) cannot be built: groups (4) must divide in_channels (4) and ...
        >>> GroupedConvolution(kernel_size=2)
        Traceback (most recent call last):
        ValueError: GroupedConvolution(kernel_size=2) cannot be built: kernel_size (2) must be odd to keep the size
    """

    @checked_arguments()
    def __init__(self, *, in_channels: int = 4, out_channels: int = 6, groups: int = 2, kernel_size: int = 3) -> None:
        super().__init__()
        if in_channels % groups or out_channels % groups:
            raise ValueError(
                f"groups ({groups}) must divide in_channels ({in_channels}) and out_channels ({out_channels})"
            )
        if kernel_size % 2 == 0:
            raise ValueError(f"kernel_size ({kernel_size}) must be odd to keep the size")
        self.in_channels, self.kernel_size = in_channels, kernel_size
        size = (groups, out_channels // groups, in_channels // groups, kernel_size, kernel_size)
        self.weight = nn.Parameter(torch.randn(size) / (size[2] ** 0.5 * kernel_size))

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D H W"]:
        """Return the output channels, those of the first group first."""
        size = self.kernel_size
        windows = F.pad(x, [size // 2] * 4).unfold(2, size, 1).unfold(3, size, 1)  # [B, C, H, W, k, k]
        grouped = windows.unflatten(1, (len(self.weight), -1))  # [B, G, C/G, H, W, k, k]
        return torch.einsum("bgchwij,gdcij->bgdhw", grouped, self.weight).flatten(1, 2)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 6, W: int = 5) -> dict[str, Tensor]:
        """Return random feature maps."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}

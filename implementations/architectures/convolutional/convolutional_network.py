"""Convolutional network: the same small filter at every position, layer after layer.

Source: LeCun et al. 1989 (lecun1989backpropagation) for shared local filters trained by backpropagation; LeCun et al.
1998 (lecun1998gradient); the lecture, S17, whose circulant matrix is circular padding.

Equations:
    h_l[d, p] = ReLU(b[d] + sum over c, o of w[d, c, o] h_{l-1}[c, s p + o])     o: offsets inside the filter, s: stride
    y = h_L, or with a read-out  y = W mean over p of h_L[:, p] + b

Shapes: B examples, C input channels, D output channels, H height, W width (L length of a signal; Z depth of a volume),
K classes.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments, checked_inputs

CONVOLUTIONS = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
POOLS = {1: nn.AdaptiveAvgPool1d, 2: nn.AdaptiveAvgPool2d, 3: nn.AdaptiveAvgPool3d}
PADDINGS = ("zeros", "circular")


class ConvolutionalNetwork(nn.Module):
    """A stack of convolutions with rectified linear units, optionally pooled and read out into classes.

    Args:
        dimensions: 1 for signals `[B, C, L]`, 2 for images `[B, C, H, W]`, 3 for volumes `[B, C, Z, H, W]`.
        in_channels: Number C of input channels.
        channels: Output channels of each layer; the last is D.
        kernel_size: Odd width of the filters.
        stride: Step of the first layer.
        padding: `zeros` or `circular`; both keep the size where the stride is 1.
        classes: Number K of classes of the read-out after global average pooling; 0 returns the feature map.

    Raises:
        ValueError: The dimensions, the padding or an even kernel are not supported.

    Example:
        >>> ConvolutionalNetwork(in_channels=3, channels=[8, 16])(torch.zeros(2, 3, 9, 7)).shape
        torch.Size([2, 16, 9, 7])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        dimensions: int = 2,
        in_channels: int = 2,
        channels: Sequence[int] = (6, 5),
        kernel_size: int = 3,
        stride: int = 1,
        padding: str = "zeros",
        classes: int = 0,
    ) -> None:
        super().__init__()
        if dimensions not in CONVOLUTIONS:
            raise ValueError(f"dimensions ({dimensions}) must be one of {', '.join(map(str, CONVOLUTIONS))}")
        if padding not in PADDINGS:
            raise ValueError(f"padding ({padding!r}) must be one of {', '.join(PADDINGS)}")
        if kernel_size % 2 == 0:
            raise ValueError(f"kernel_size ({kernel_size}) must be odd to keep the size")
        self.dimensions, self.in_channels = dimensions, in_channels
        convolution = CONVOLUTIONS[dimensions]
        widths = [in_channels, *channels]
        self.layers = nn.Sequential()
        for index, (narrow, wide) in enumerate(pairwise(widths)):
            step = stride if index == 0 else 1
            self.layers.append(
                convolution(narrow, wide, kernel_size, step, padding=kernel_size // 2, padding_mode=padding)
            )
            self.layers.append(nn.ReLU())
        self.pool = POOLS[dimensions](1) if classes else None
        self.read_out = nn.Linear(widths[-1], classes) if classes else None

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C *space"]) -> Float[Tensor, "B D *reduced"] | Float[Tensor, "B K"]:
        """Return the feature map `[B, D, ...]`, or logits `[B, K]` where there is a read-out."""
        features = self.layers(x)
        if self.pool is None or self.read_out is None:
            return features
        return self.read_out(self.pool(features).flatten(1))  # [B, D, 1, 1] -> [B, K]

    def example_inputs(
        self, generator: torch.Generator, *, B: int = 2, H: int = 6, W: int = 4, L: int = 10, Z: int = 3
    ) -> dict[str, Tensor]:
        """Return a random signal, image or volume; height and width differ."""
        space = {1: (L,), 2: (H, W), 3: (Z, H, W)}[self.dimensions]
        return {"x": torch.randn(B, self.in_channels, *space, generator=generator)}

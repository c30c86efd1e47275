"""Group-equivariant convolutional network: filters are turned by quarters of a circle as well as moved.

Source: Cohen & Welling 2016, "Group equivariant convolutional networks", for the group p4 of
translations and rotations by 90 degrees (cohen2016group).

Equations:
    [f * psi](g) = sum over y in Z^2 and channels c of f_c(y) psi_c(g^-1 y)      the first layer
    [f * psi](g) = sum over h in p4 and channels c of f_c(h) psi_c(g^-1 h)       all others
    ReLU after every layer; then the maximum over the rotations, which turns with the image
    with a read-out  y = W mean over positions + b

Shapes: B examples, C input channels, D output channels, H height, W width, K classes.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.convolution_layer.group_convolution import GroupConvolution
from kb.guards import checked_arguments, checked_inputs

PADDINGS = ("zeros", "circular")


class GroupEquivariantNetwork(nn.Module):
    """A stack of group convolutions with rectified linear units, optionally pooled and read out into classes.

    Args:
        in_channels: Number C of input channels.
        channels: Output channels of each layer, each with a map for every rotation; the last is D.
        kernel_size: Odd width of the filters.
        padding: `zeros` or `circular`; both keep the size.
        classes: Number K of classes of the read-out after global average pooling; 0 returns the feature map.

    Raises:
        ValueError: The padding is unknown, or the kernel is even.

    Example:
        >>> GroupEquivariantNetwork(in_channels=3, channels=[8, 16])(torch.zeros(2, 3, 9, 7)).shape
        torch.Size([2, 16, 9, 7])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_channels: int = 2,
        channels: Sequence[int] = (4, 5),
        kernel_size: int = 3,
        padding: str = "zeros",
        classes: int = 0,
    ) -> None:
        super().__init__()
        if padding not in PADDINGS:
            raise ValueError(f"padding ({padding!r}) must be one of {', '.join(PADDINGS)}")
        self.in_channels = in_channels
        self.layers = nn.Sequential()
        for index, (narrow, wide) in enumerate(pairwise([in_channels, *channels])):
            layer = GroupConvolution(
                in_channels=narrow,
                out_channels=wide,
                kernel_size=kernel_size,
                lifts=index == 0,
                circular=padding == "circular",
            )
            self.layers.extend([layer, nn.ReLU()])
        self.pool = nn.AdaptiveAvgPool2d(1) if classes else None
        self.read_out = nn.Linear(channels[-1], classes) if classes else None

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D H W"] | Float[Tensor, "B K"]:
        """Return the feature map `[B, D, H, W]`, or logits `[B, K]` where there is a read-out."""
        features = self.layers(x[:, :, None]).amax(2)  # [B, C, 1, H, W] -> [B, D, 4, H, W] -> [B, D, H, W]
        if self.pool is None or self.read_out is None:
            return features
        return self.read_out(self.pool(features).flatten(1))  # [B, D, 1, 1] -> [B, K]

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 6, W: int = 4) -> dict[str, Tensor]:
        """Return random images; height and width differ."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}

"""Roto-reflection network: convolutions over shifts, quarter turns and reflections, all exact on a torus.

Source: Cohen & Welling 2016, "Group equivariant convolutional networks", for the group p4m of translations, rotations
by 90 degrees and reflections (cohen2016group).

Equations:
    [f * psi](g) = sum over y in Z^2 and channels c of f_c(y) psi_c(g^-1 y)      the first layer
    [f * psi](g) = sum over h in p4m and channels c of f_c(h) psi_c(g^-1 h)      all others
    ReLU after every layer; the maximum over rotations and reflections, which moves with the image
    y = W mean over positions + b

Shapes: B examples, C input channels, D output channels, H height, W width, K classes.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.convolution_layer.roto_reflection_convolution import RotoReflectionConvolution
from kb.guards import checked_arguments, checked_inputs

PADDINGS = ("circular", "zeros")


class RotoReflectionNetwork(nn.Module):
    """A stack of roto-reflection convolutions with rectified linear units, pooled and read out into classes.

    Args:
        in_channels: Number C of input channels.
        channels: Output channels of each layer, each with eight maps; the last is D.
        kernel_size: Odd width of the filters.
        padding: `circular` or `zeros`; both keep the size.
        classes: Number K of classes.

    Raises:
        ValueError: The padding is unknown, or the kernel is even.

    Example:
        >>> RotoReflectionNetwork(in_channels=3, classes=10)(torch.zeros(2, 3, 9, 7)).shape
        torch.Size([2, 10])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_channels: int = 2,
        channels: Sequence[int] = (3, 4),
        kernel_size: int = 3,
        padding: str = "circular",
        classes: int = 5,
    ) -> None:
        super().__init__()
        if padding not in PADDINGS:
            raise ValueError(f"padding ({padding!r}) must be one of {', '.join(PADDINGS)}")
        self.in_channels = in_channels
        self.layers = nn.Sequential()
        for index, (narrow, wide) in enumerate(pairwise([in_channels, *channels])):
            layer = RotoReflectionConvolution(
                in_channels=narrow,
                out_channels=wide,
                kernel_size=kernel_size,
                lifts=index == 0,
                circular=padding == "circular",
            )
            self.layers.extend([layer, nn.ReLU()])
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.read_out = nn.Linear(channels[-1], classes)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"]:
        """Return the logits of the classes."""
        return self.read_out(self.pool(self.trunk(x)).flatten(1))  # [B, D, 1, 1] -> [B, K]

    def trunk(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D H W"]:
        """Return the features of every position before they are averaged, the largest of all orientations."""
        return self.layers(x[:, :, None]).amax(2)  # [B, C, 1, H, W] -> [B, D, 8, H, W] -> [B, D, H, W]

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 6, W: int = 4) -> dict[str, Tensor]:
        """Return random images; height and width differ."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}

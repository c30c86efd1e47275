"""Roto-reflection convolution: a filter that is moved over the image, turned by quarters of a circle, and mirrored.

Source: Cohen & Welling 2016, "Group equivariant convolutional networks", for the group p4m (cohen2016group).

Equations:
    [f * psi](g) = sum over y in Z^2 and channels c of f_c(y) psi_c(g^-1 y)      from the plane to the group
    [f * psi](g) = sum over h in p4m and channels c of f_c(h) psi_c(g^-1 h)      from the group to the group
    g = (translation, rotation r in 0..3, mirroring m in 0..1); mirrored first, then turned

Shapes: B examples, C input channels, S elements without translations of the input (1 for an image, else 8), D output
channels, R = 8 elements without translations, the turns of the image as it is before those of its mirror image, H
height, W width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments

ROTATIONS, ELEMENTS = 4, 8


def turned(f: Float[Tensor, "... m r h w"], turns: int = 1) -> Float[Tensor, "... m r h w"]:
    """Return features of the group, or of the plane where m = r = 1, after quarter turns of the image."""
    return f.rot90(turns, (-2, -1)).roll(turns, -3)


def mirrored(f: Float[Tensor, "... m r h w"]) -> Float[Tensor, "... m r h w"]:
    """Return features of the group, or of the plane, for the mirror image: it turns the other way round."""
    return f.flip((-4, -3, -1)).roll(1, -3)


class RotoReflectionConvolution(nn.Module):
    """One convolution for every rotation and reflection, all with the same filters, turned and mirrored.

    Args:
        in_channels: Number C of input channels.
        out_channels: Number D of output channels.
        kernel_size: Odd width of the filters.
        lifts: Whether the input is an image; otherwise it has an axis of eight rotations and reflections.
        circular: Whether the opposite edges of the plane are joined; otherwise it is surrounded by zeros.

    Raises:
        ValueError: The kernel is even.

    Example:
        >>> RotoReflectionConvolution(in_channels=2, out_channels=3)(torch.zeros(1, 2, 8, 6, 5)).shape
        torch.Size([1, 3, 8, 6, 5])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_channels: int = 2,
        out_channels: int = 3,
        kernel_size: int = 3,
        lifts: bool = False,
        circular: bool = False,
    ) -> None:
        super().__init__()
        if kernel_size % 2 == 0:
            raise ValueError(f"kernel_size ({kernel_size}) must be odd to keep the size")
        self.circular = circular
        group = (1, 1) if lifts else (2, ROTATIONS)
        inputs = in_channels * group[0] * group[1]
        shape = (out_channels, in_channels, *group, kernel_size, kernel_size)
        self.weight = nn.Parameter(torch.randn(shape) / (inputs * kernel_size**2) ** 0.5)
        self.bias = nn.Parameter(torch.zeros(out_channels))

    def filters(self) -> Float[Tensor, "DR CS k k"]:
        """Return the filters of an ordinary convolution: each in four orientations, and its mirror image too."""
        bank = [turned(f, r) for f in (self.weight, mirrored(self.weight)) for r in range(ROTATIONS)]
        return torch.stack(bank, 1).flatten(0, 1).flatten(1, 3)  # [D, R, C, m, r, k, k] -> [D R, C S, k, k]

    def forward(self, x: Float[Tensor, "B C S H W"]) -> Float[Tensor, "B D R H W"]:
        """Return a map for every output channel, rotation and reflection; an image has one, S = 1."""
        padding = [self.weight.shape[-1] // 2] * 4
        flat = F.pad(x.flatten(1, 2), padding, mode="circular" if self.circular else "constant")
        y = F.conv2d(flat, self.filters(), self.bias.repeat_interleave(ELEMENTS))
        return y.unflatten(1, (-1, ELEMENTS))  # [B, D R, H, W] -> [B, D, R, H, W]

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 6, W: int = 5) -> dict[str, Tensor]:
        """Return random maps; height and width differ."""
        channels, mirrors, rotations = self.weight.shape[1:4]
        return {"x": torch.randn(B, channels, mirrors * rotations, H, W, generator=generator)}

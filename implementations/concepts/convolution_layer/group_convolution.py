"""Group convolution: a filter that is moved over the image and turned by quarters of a circle.

Source: Cohen & Welling 2016, "Group equivariant convolutional networks", for the group p4
(cohen2016group).

Equations:
    [f * psi](g) = sum over y in Z^2 and channels c of f_c(y) psi_c(g^-1 y)      from the plane to the group
    [f * psi](g) = sum over h in p4 and channels c of f_c(h) psi_c(g^-1 h)       from the group to the group
    g: a translation and one of R = 4 rotations

Shapes: B examples, C input channels, S rotations of the input (1 for an image, else 4), D output channels, R = 4
rotations, H height, W width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments

ROTATIONS = 4


class GroupConvolution(nn.Module):
    """One convolution for every rotation, all with the same filters, turned.

    Args:
        in_channels: Number C of input channels.
        out_channels: Number D of output channels.
        kernel_size: Odd width of the filters.
        lifts: Whether the input is an image; otherwise it has an axis of rotations.
        circular: Whether the opposite edges of the plane are joined; otherwise it is surrounded by zeros.

    Raises:
        ValueError: The kernel is even.

    Example:
        >>> GroupConvolution(in_channels=2, out_channels=3)(torch.zeros(1, 2, 4, 6, 5)).shape
        torch.Size([1, 3, 4, 6, 5])
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
        inputs = in_channels if lifts else in_channels * ROTATIONS
        shape = (out_channels, in_channels, inputs // in_channels, kernel_size, kernel_size)
        self.weight = nn.Parameter(torch.randn(shape) / (inputs * kernel_size**2) ** 0.5)
        self.bias = nn.Parameter(torch.zeros(out_channels))

    def filters(self) -> Float[Tensor, "DR CS k k"]:
        """Return the filters of an ordinary convolution: each in four orientations.

        Turning a filter on the group turns it in the plane and shifts it along its rotations.
        """
        turned = [self.weight.rot90(r, (-2, -1)).roll(r, 2) for r in range(ROTATIONS)]
        return torch.stack(turned, 1).flatten(0, 1).flatten(1, 2)  # [D, R, C, S, k, k] -> [D R, C S, k, k]

    def forward(self, x: Float[Tensor, "B C S H W"]) -> Float[Tensor, "B D R H W"]:
        """Return a map for every output channel and rotation; an image has one rotation, S = 1."""
        padding = [self.weight.shape[-1] // 2] * 4
        flat = F.pad(x.flatten(1, 2), padding, mode="circular" if self.circular else "constant")
        y = F.conv2d(flat, self.filters(), self.bias.repeat_interleave(ROTATIONS))
        return y.unflatten(1, (-1, ROTATIONS))  # [B, D R, H, W] -> [B, D, R, H, W]

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 6, W: int = 5) -> dict[str, Tensor]:
        """Return random maps; height and width differ."""
        channels, rotations = self.weight.shape[1:3]
        return {"x": torch.randn(B, channels, rotations, H, W, generator=generator)}

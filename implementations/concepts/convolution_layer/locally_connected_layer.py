"""Locally connected layer: every position sees a window, as in a convolution, with weights of its own.

Source: LeCun 1989, "Generalization and network design strategies" (lecun1989generalization).

Equations:
    y[d, p] = b[d, p] + sum over c and o of w[d, p, c, o] x[c, s p + o]      s: stride; zeros beyond the border

Shapes: B examples, C input channels, D output channels, H height, W width; P, Q height and width of the output.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class LocallyConnectedLayer(nn.Module):
    """A separate filter for every position of an image of one size.

    Args:
        image: Height and width of the input.
        in_channels: Number C of input channels.
        out_channels: Number D of output channels.
        kernel_size: Odd width of the windows.
        stride: Step from window to window.

    Raises:
        ValueError: The kernel is even, or an image has another size.

    Example:
        >>> LocallyConnectedLayer(image=[6, 5], stride=2)(torch.zeros(1, 2, 6, 5)).shape
        torch.Size([1, 3, 3, 3])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        image: Sequence[int] = (5, 4),
        in_channels: int = 2,
        out_channels: int = 3,
        kernel_size: int = 3,
        stride: int = 1,
    ) -> None:
        super().__init__()
        if kernel_size % 2 == 0:
            raise ValueError(f"kernel_size ({kernel_size}) must be odd to centre the windows")
        self.image, self.in_channels = tuple(image), in_channels
        self.kernel_size, self.stride = kernel_size, stride
        self.grid = tuple((side - 1) // stride + 1 for side in image)
        self.positions = self.grid[0] * self.grid[1]
        shape = (self.positions * out_channels, kernel_size**2, in_channels)  # first the units of the first position
        self.weight = nn.Parameter(torch.randn(shape) / (kernel_size**2 * in_channels) ** 0.5)
        self.bias = nn.Parameter(torch.zeros(self.positions, out_channels))

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D P Q"]:
        """Return the outputs of all units; every stride-th position has some."""
        if tuple(x.shape[2:]) != self.image:
            raise ValueError(f"an image of {tuple(x.shape[2:])} pixels came, and the weights are for {self.image}")
        windows = F.unfold(x, self.kernel_size, padding=self.kernel_size // 2, stride=self.stride)  # [B, C k k, P Q]
        windows = windows.unflatten(1, (self.in_channels, -1))
        weight = self.weight.unflatten(0, (self.positions, -1))
        y = torch.einsum("bcop,pdoc->bdp", windows, weight) + self.bias.T
        return y.unflatten(2, self.grid)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random images of the size that the weights are for."""
        return {"x": torch.randn(B, self.in_channels, *self.image, generator=generator)}

"""Convolutional network on a periodic lattice: exactly equivariant to shifts, and invariant after its mean.

Source: Bulusu et al. 2021, "Equivariance and generalization in neural networks", the equivariant networks for a field
on a lattice (bulusu2021equivariance).

Equations:
    h_l[d, p] = ReLU(b[d] + sum over c, o of w[d, c, o] h_{l-1}[c, (p + o) mod n])      o: offsets inside the filter
    y = W_2 ReLU(W_1 mean over p of h_L[:, p] + b_1) + b_2

Shapes: B examples, C input channels, H height, W width, D channels of the last layer, G outputs.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments, checked_inputs


class PeriodicLatticeNetwork(nn.Module):
    """Convolutions without strides on a grid whose opposite edges are joined, mean over positions, dense layers.

    Args:
        in_channels: Number C of numbers at every site of the lattice.
        channels: Output channels of each convolution; the last is D.
        kernel_size: Odd width of the filters.
        hidden: Units of the dense hidden layer.
        out_features: Number G of outputs.

    Raises:
        ValueError: The kernel is even.

    Example:
        >>> PeriodicLatticeNetwork(in_channels=4, out_features=2)(torch.zeros(3, 4, 60, 4)).shape
        torch.Size([3, 2])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_channels: int = 2,
        channels: Sequence[int] = (4, 5),
        kernel_size: int = 3,
        hidden: int = 6,
        out_features: int = 3,
    ) -> None:
        super().__init__()
        if kernel_size % 2 == 0:
            raise ValueError(f"kernel_size ({kernel_size}) must be odd to keep the size")
        self.in_channels = in_channels
        self.layers = nn.Sequential()
        for narrow, wide in pairwise([in_channels, *channels]):
            convolution = nn.Conv2d(narrow, wide, kernel_size, padding=kernel_size // 2, padding_mode="circular")
            self.layers.extend([convolution, nn.ReLU()])
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.read_out = nn.Sequential(nn.Linear(channels[-1], hidden), nn.ReLU(), nn.Linear(hidden, out_features))

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B G"]:
        """Return the predicted observables of every configuration."""
        return self.read_out(self.pool(self.trunk(x)).flatten(1))  # [B, D, 1, 1] -> [B, D] -> [B, G]

    def trunk(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D H W"]:
        """Return the features of every site before they are averaged."""
        return self.layers(x)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 6, W: int = 4) -> dict[str, Tensor]:
        """Return random configurations; both sides of the lattice differ."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}

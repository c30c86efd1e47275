"""Kernel generator: two linear maps compute the kernel of a convolution from a short vector.

Source: Ha, Dai & Le 2017, the static hypernetwork (ha2016hypernetworks).

Equations:
    a_c = W_c z + b_c                                     for every input channel c
    K_c = <W_out, a_c> + b_out                            its slice of the kernel, with weights that all slices share

Shapes: B kernels, E numbers of a vector, D output channels, C input channels, H x W sizes of a kernel.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class KernelGenerator(nn.Module):
    """A linear map for every input channel, and one that all input channels share.

    Args:
        embedding: Numbers of the vector.
        hidden: Features of a slice.
        in_channels: Channels C that the convolution gets.
        out_channels: Channels D that it returns.
        kernel_size: Height and width of the kernel.

    Example:
        >>> KernelGenerator(embedding=2, in_channels=4, out_channels=5, kernel_size=3)(torch.ones(6, 2)).shape
        torch.Size([6, 5, 4, 3, 3])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        embedding: int = 2,
        hidden: int = 3,
        in_channels: int = 4,
        out_channels: int = 5,
        kernel_size: int = 3,
    ) -> None:
        super().__init__()
        self.embedding, self.in_channels = embedding, in_channels
        self.kernel = (out_channels, kernel_size, kernel_size)
        self.slices = nn.Linear(embedding, in_channels * hidden)
        self.output = nn.Linear(hidden, out_channels * kernel_size**2)

    def forward(self, z: Float[Tensor, "B E"]) -> Float[Tensor, "B D C H W"]:
        """Return a kernel for every vector."""
        slices = self.slices(z).unflatten(1, (self.in_channels, -1))  # [B, C, hidden]
        return self.output(slices).unflatten(2, self.kernel).transpose(1, 2)  # [B, C, D H W] -> [B, D, C, H, W]

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random vectors, of which the first is zero: it shows the constants alone."""
        z = torch.randn(B, self.embedding, generator=generator)
        return {"z": z.index_fill(0, torch.tensor([0]), 0.0)}

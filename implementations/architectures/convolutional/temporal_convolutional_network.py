"""Temporal convolutional network: residual blocks of dilated convolutions along time that see the past only.

Source: Bai, Kolter & Koltun 2018, "An empirical evaluation of generic convolutional and recurrent networks for sequence
modeling" (bai2018empirical); weights are normalised as by Salimans & Kingma 2016 (salimans2016weight).

Equations:
    F(s) = sum over i of f(i) x[s - d i]          i = 0 .. k - 1, d = 2^level
    o = ReLU(x + F(x))                            F: two convolutions, each with normalised weights and a ReLU
    w = g v / |v|                                 for every output channel of a convolution
    receptive field: 1 + 2 (k - 1) (2^levels - 1)

Shapes: B examples, T positions, F input features, D channels, G output features.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm

from implementations.concepts.component.residual_connection import ResidualConnection
from implementations.concepts.convolution_layer.causal_convolution import CausalConvolution
from kb.guards import checked_arguments, checked_inputs


def residual_block(inputs: int, width: int, kernel_size: int, dilation: int) -> nn.Sequential:
    """Return one block: two convolutions around which there is a shortcut, which projects only if the width changes."""
    branch = nn.Sequential()
    for channels in (inputs, width):
        convolution = CausalConvolution(
            in_channels=channels, out_channels=width, kernel_size=kernel_size, dilation=dilation
        )
        branch.extend([weight_norm(convolution), nn.ReLU()])
    projection = nn.Conv1d(inputs, width, 1) if inputs != width else None
    return nn.Sequential(ResidualConnection(branch=branch, shortcut=projection), nn.ReLU())


class TemporalConvolutionalNetwork(nn.Module):
    """Residual blocks whose dilation doubles, and a linear read-out at every position.

    Args:
        in_features: Number F of input features.
        width: Number D of channels of every block.
        out_features: Number G of outputs at every position.
        levels: Number of blocks.
        kernel_size: Number k of weights along time.

    Example:
        >>> TemporalConvolutionalNetwork(in_features=3, out_features=2)(torch.zeros(4, 10, 3)).shape
        torch.Size([4, 10, 2])
    """

    @checked_arguments()
    def __init__(
        self, *, in_features: int = 3, width: int = 6, out_features: int = 2, levels: int = 2, kernel_size: int = 3
    ) -> None:
        super().__init__()
        self.in_features, self.levels, self.kernel_size = in_features, levels, kernel_size
        self.blocks = nn.Sequential(
            *(residual_block(width if level else in_features, width, kernel_size, 2**level) for level in range(levels))
        )
        self.read_out = nn.Linear(width, out_features)

    @property
    def receptive_field(self) -> int:
        """How many positions an output sees: its own and those before it."""
        return 1 + 2 * (self.kernel_size - 1) * (2**self.levels - 1)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T F"]) -> Float[Tensor, "B T G"]:
        """Return one output for every position."""
        return self.read_out(self.blocks(x.mT).mT)  # [B, T, F] -> [B, F, T] -> [B, D, T] -> [B, T, D]

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 9) -> dict[str, Tensor]:
        """Return random sequences that are shorter than the receptive field."""
        return {"x": torch.randn(B, T, self.in_features, generator=generator)}

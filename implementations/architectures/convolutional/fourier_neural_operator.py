"""Fourier neural operator: layers that multiply the low frequencies of a function, sampled on any grid, by matrices.

Source: Li et al. 2021, "Fourier neural operator for parametric partial differential equations", eq. 2, 4 and 5
(li2020fourier).

Equations:
    v_0 = P x                                     at every position
    v_b = relu(W_b v_{b-1} + K_b v_{b-1})         K_b: spectral convolution; no relu after the last
    y   = Q_2 relu(Q_1 v_B)                       at every position

Shapes: B examples, C values of the input function, L samples of it, D channels inside, G values of the output function.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.convolution_layer.spectral_convolution import SpectralConvolution
from kb.guards import checked_arguments, checked_inputs


class Block(nn.Module):
    """The sum of a map of all samples together and a map of each."""

    def __init__(self, width: int, modes: int) -> None:
        super().__init__()
        self.spectral = SpectralConvolution(in_channels=width, out_channels=width, modes=modes)
        self.local = nn.Conv1d(width, width, 1)

    def forward(self, v: Float[Tensor, "B D L"]) -> Float[Tensor, "B D L"]:
        """Return the new features."""
        return self.local(v) + self.spectral(v)


class FourierNeuralOperator(nn.Module):
    """From samples of a periodic function to as many of another.

    Args:
        in_channels: Values C of the input function.
        out_channels: Values G of the output function.
        width: Channels D inside.
        modes: Frequencies that the spectral convolutions keep, the first being 0.
        blocks: Number of blocks.
        hidden: Hidden units of the last map.

    Example:
        >>> operator = FourierNeuralOperator()
        >>> [operator(torch.zeros(1, 1, samples)).shape[2] for samples in (8, 64)]
        [8, 64]
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_channels: int = 1,
        out_channels: int = 1,
        width: int = 4,
        modes: int = 3,
        blocks: int = 2,
        hidden: int = 5,
    ) -> None:
        super().__init__()
        self.lift = nn.Conv1d(in_channels, width, 1)
        self.blocks = nn.ModuleList(Block(width, modes) for _ in range(blocks))
        self.project = nn.Sequential(nn.Conv1d(width, hidden, 1), nn.ReLU(), nn.Conv1d(hidden, out_channels, 1))

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C L"]) -> Float[Tensor, "B G L"]:
        """Return the output function at the positions of the input's samples, which are evenly spaced over a period."""
        v = self.lift(x)
        for block in self.blocks[:-1]:
            v = F.relu(block(v))
        return self.project(self.blocks[-1](v))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, L: int = 8) -> dict[str, Tensor]:
        """Return random signals."""
        return {"x": torch.randn(B, self.lift.in_channels, L, generator=generator)}

"""Spectral convolution: of the low frequencies of a signal, each is multiplied by a matrix; the others are left out.

Source: Li et al. 2021, "Fourier neural operator for parametric partial differential equations", eq. 4 and 5
(li2020fourier), there by fast Fourier transforms. Here it is a product with the waves themselves: for few frequencies
that is as cheap, and an output depends on an input only where it has a weight for it, not by rounding.

Equations:
    X_k = 1/n sum over p of x_p exp(-2 pi i k p / n)               k = 0 .. K - 1, k < n / 2
    y_p = sum over k of c_k Re(R_k X_k exp(2 pi i k p / n))        c_0 = 1, all others 2: for -k too

Shapes: B examples, C input channels, D output channels, L length of the signal (n in the equations).
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class SpectralConvolution(nn.Module):
    """Complex matrices, one for each of the lowest frequencies, whatever the number of samples.

    Args:
        in_channels: Number C of input channels.
        out_channels: Number D of output channels.
        modes: Number K of frequencies, the first being 0. Those that the samples cannot resolve have no effect.

    Example:
        >>> constant = SpectralConvolution(modes=1)(torch.randn(1, 2, 8))
        >>> bool(constant.std(2).max() < 1e-6)
        True
    """

    @checked_arguments()
    def __init__(self, *, in_channels: int = 2, out_channels: int = 3, modes: int = 3) -> None:
        super().__init__()
        scale = 1 / (in_channels * out_channels)
        self.weight = nn.Parameter(scale * torch.rand(2, modes, out_channels, in_channels))  # real, imaginary

    def forward(self, x: Float[Tensor, "B C L"]) -> Float[Tensor, "B D L"]:
        """Return the filtered signal, as many samples of it as came."""
        length, modes = x.shape[2], self.weight.shape[1]
        k, p = torch.arange(modes, device=x.device)[:, None], torch.arange(length, device=x.device)
        angles = 2 * math.pi * (k * p % length).to(torch.float64) / length
        cosine, sine = angles.cos().to(x.dtype), angles.sin().to(x.dtype)  # [K, L]
        share = (torch.where(k == 0, 1, 2) * (2 * k < length)).to(x.dtype) / length
        parts = torch.stack([x @ cosine.T, -(x @ sine.T)])  # [2, B, C, K]: real and imaginary
        (rr, ri), (ir, ii) = torch.einsum(
            "ukdc,vbck->uvbdk", self.weight, parts
        )  # every part of R with every part of X
        return (rr - ii) @ (share * cosine) - (ri + ir) @ (share * sine)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, L: int = 7) -> dict[str, Tensor]:
        """Return random signals."""
        return {"x": torch.randn(B, self.weight.shape[3], L, generator=generator)}

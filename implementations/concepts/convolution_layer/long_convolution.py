"""Long convolution: one filter as long as the signal for each channel, as a product of Fourier transforms.

Source: the pointwise products of Mathieu, Henaff & LeCun 2014 (mathieu2013fast), here for one filter per channel.

Equations:
    y[c, p] = sum over o of w[c, o] x[c, (p - o) mod n]
    y[c]    = F^-1 (F w[c] * F x[c])      F: discrete Fourier transform

Shapes: B examples, C channels, W length of the signal (n in the equations).
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class LongConvolution(nn.Module):
    """Circular convolution of every channel with a filter of its own.

    Args:
        channels: Number C of channels.
        length: Length W of signal and filters.
    """

    @checked_arguments()
    def __init__(self, *, channels: int = 2, length: int = 6) -> None:
        super().__init__()
        self.filters = nn.Parameter(torch.randn(channels, length) / length**0.5)

    def forward(self, x: Float[Tensor, "B C W"]) -> Float[Tensor, "B C W"]:
        """Return the filtered signals."""
        spectrum = torch.fft.rfft(self.filters) * torch.fft.rfft(x)
        return torch.fft.irfft(spectrum, n=x.shape[2])

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random signals."""
        return {"x": torch.randn(B, *self.filters.shape, generator=generator)}

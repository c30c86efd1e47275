"""Exact relation: a spectral convolution is a convolution with circular padding and filters as long as the signal.

Source: Li et al. 2021, eq. 4 and 5 (li2020fourier).

Method: the filters of a random spectral convolution of 7 samples are computed from its matrices by an inverse Fourier
transform, flipped and centred. Signals are images with equal rows, and only the middle row of a filter is not zero. The
same matrices are applied to 21 samples of the same functions.

Measures:
    convolution_error: relative difference of the spectral convolution and the convolution.
    grid_error: of outputs on 7 samples, and on every third of 21.
    padded_difference: of the spectral convolution and the convolution with zero padding.
    alias_difference: as `grid_error`, for a wave of more than half as many periods as samples.
    filter_difference: of outputs on 21 samples, and of a convolution with the filters of 7, with zeros appended.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.claims.agreement import difference
from implementations.concepts.component.convolution import Convolution
from implementations.concepts.convolution_layer.spectral_convolution import SpectralConvolution

LENGTH, FINER = 7, 3


def run(seed: int) -> dict[str, float]:
    """Compare spectral convolutions with sums, and grids with each other.

    Args:
        seed: Seed of signals and matrices.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    layer = SpectralConvolution(in_channels=2, out_channels=3, modes=3).double().requires_grad_(False)
    layer.weight.normal_(generator=generator)
    amplitudes = torch.randn(2, 2, 4, generator=generator, dtype=torch.complex128)
    coarse, fine = (signal(amplitudes, [0, 1, 2, 3], LENGTH * factor) for factor in (1, FINER))
    high, high_fine = (signal(amplitudes[:, :, :1], [LENGTH - 1], LENGTH * factor) for factor in (1, FINER))
    filters = torch.fft.irfft(F.pad(torch.complex(*layer.weight).movedim(0, 2), [0, 1]), n=LENGTH)  # [D, C, L]
    centred = filters.roll(LENGTH // 2, 2).flip(2)
    spread = (LENGTH * FINER - LENGTH) // 2
    return {
        "convolution_error": difference(convolve(coarse, centred, "circular"), layer(coarse)),
        "grid_error": difference(layer(fine)[:, :, ::FINER], layer(coarse)),
        "padded_difference": difference(convolve(coarse, centred, "zeros"), layer(coarse)),
        "alias_difference": difference(layer(high_fine)[:, :, ::FINER], layer(high)),
        "filter_difference": difference(convolve(fine, F.pad(centred, [spread, spread]), "circular"), layer(fine)),
    }


def signal(amplitudes: Tensor, frequencies: list[int], samples: int) -> Tensor:
    """Return samples `[B, C, L]` of sums of waves."""
    turns = 2j * math.pi * torch.arange(samples, dtype=torch.float64) / samples
    return (amplitudes @ torch.exp(torch.tensor(frequencies)[:, None] * turns)).real


def convolve(x: Tensor, rows: Tensor, padding: str) -> Tensor:
    """Return the convolution `[B, D, L]` of signals `[B, C, L]` with filters `[D, C, L]` of odd width."""
    outputs, inputs, width = rows.shape
    layer = Convolution(in_channels=inputs, out_channels=outputs, kernel_size=width, padding=padding).double()
    with torch.no_grad():
        layer.weight.zero_()
        layer.bias.zero_()
        layer.weight[:, :, width // 2] = rows
        return layer(x[:, :, None].expand(-1, -1, width, -1))[:, :, 0]

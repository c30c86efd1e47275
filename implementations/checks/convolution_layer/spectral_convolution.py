"""Exact checks of the spectral convolution."""

import math

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.convolution_layer.spectral_convolution import SpectralConvolution

WAVES = 3  # beyond the frequencies that the layer keeps, and fewer than half of the samples


def finer_grids_give_the_same_function(generator: torch.Generator) -> float:
    """Return the difference of the outputs on 8 samples from those on every third of 24, and on every fifth of 40."""
    layer, amplitudes = _layer(generator), _amplitudes(generator)
    coarse = layer(_signal(amplitudes, 8))
    fine = (layer(_signal(amplitudes, 8 * factor))[:, :, ::factor] for factor in (3, 5))
    return max(difference(outputs, coarse) for outputs in fine)


def shifts_by_any_distance_pass_through(generator: torch.Generator) -> float:
    """Return the difference of outputs for a signal shifted by a third of a sample from those on a finer grid."""
    layer, amplitudes = _layer(generator), _amplitudes(generator)
    shifted = layer(_signal(amplitudes, 24)[:, :, 1::3])
    return difference(shifted, layer(_signal(amplitudes, 24))[:, :, 1::3])


def a_wave_is_scaled_and_shifted(generator: torch.Generator) -> float:
    """Return the difference of outputs for cosines from cosines of other amplitudes and phases; or from zero."""
    layer = _layer(generator, in_channels=1, out_channels=1)
    errors = []
    for k in range(WAVES + 1):
        turns = 2 * math.pi * k * torch.arange(8, dtype=torch.float64) / 8
        found = layer(turns.cos().view(1, 1, -1)).flatten()
        if k < layer.weight.shape[1]:
            factor = torch.complex(*layer.weight[:, k, 0, 0])
            expected = factor.abs() * (turns + factor.angle()).cos() if k else factor.real * turns.cos()
            errors.append(difference(found, expected))
        else:
            errors.append(found.abs().max().item())
    return max(errors)


def _layer(generator: torch.Generator, **sizes: int) -> SpectralConvolution:
    layer = SpectralConvolution(**sizes).double().requires_grad_(False)
    layer.weight.normal_(generator=generator)
    return layer


def _amplitudes(generator: torch.Generator) -> Tensor:
    """Return complex amplitudes `[B, C, K]` of waves."""
    return torch.randn(2, 2, WAVES + 1, generator=generator, dtype=torch.complex128)


def _signal(amplitudes: Tensor, samples: int) -> Tensor:
    """Return samples `[B, C, L]` of one function."""
    turns = 2j * math.pi * torch.arange(samples, dtype=torch.float64) / samples
    waves = torch.exp(torch.arange(WAVES + 1)[:, None] * turns)
    return (amplitudes @ waves).real

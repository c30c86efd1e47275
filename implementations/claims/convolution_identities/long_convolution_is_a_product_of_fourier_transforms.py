"""Exact relation: a long convolution, a product of Fourier transforms, is a convolution with circular padding.

Source: the convolution theorem, as used by Mathieu, Henaff & LeCun 2014 (mathieu2013fast).

Method: a random long convolution of one channel is compared with a convolution whose filter is the same one, flipped
and centred. Signals are images with equal rows, and only the middle row of the filter is not zero. For the sum over the
past, zeros are appended to signal and filter, and the direct sum is a product with a lower triangular matrix.

Measures:
    circular_error: relative difference of the product of transforms and the convolution, filter of length 7.
    short_error: the same for a filter of width 3, filled up with zeros.
    causal_error: of the product of transforms with zeros appended, and the sum over the past.
    wrapped_difference: of the product without these zeros, and the sum over the past.
    unflipped_difference: of the product of transforms and the convolution with the filter that is not flipped.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.claims.agreement import difference
from implementations.concepts.component.convolution import Convolution
from implementations.concepts.convolution_layer.long_convolution import LongConvolution

LENGTH, WIDTH = 7, 3


def run(seed: int) -> dict[str, float]:
    """Compare products of Fourier transforms with sums.

    Args:
        seed: Seed of signals and filters.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(4, LENGTH, generator=generator, dtype=torch.float64)
    weights = torch.randn(LENGTH, generator=generator, dtype=torch.float64)
    short = weights[:WIDTH]
    by_offset = short.roll(-1)  # offsets 0, 1, -1 as they stand at the beginning and the end of the long filter
    filled = torch.cat([by_offset[:2], weights.new_zeros(LENGTH - WIDTH), by_offset[2:]])
    zeros = LENGTH - 1
    with torch.no_grad():
        past = x @ causal_matrix(weights).T
        transformed = by_transforms(x, weights)
        centred = weights.roll(LENGTH // 2)  # offset 0 moves to the centre
        return {
            "circular_error": difference(transformed, convolve(x, centred.flip(0))),
            "short_error": difference(by_transforms(x, filled), convolve(x, short.flip(0))),
            "causal_error": difference(
                by_transforms(F.pad(x, [0, zeros]), F.pad(weights, [0, zeros]))[:, :LENGTH], past
            ),
            "wrapped_difference": difference(transformed, past),
            "unflipped_difference": difference(transformed, convolve(x, centred)),
        }


def by_transforms(x: Tensor, weights: Tensor) -> Tensor:
    """Return the long convolution `[B, n]` of signals `[B, n]` with a filter `[n]`."""
    layer = LongConvolution(channels=1, length=len(weights)).double()
    layer.filters.copy_(weights)
    return layer(x[:, None])[:, 0]


def convolve(x: Tensor, row: Tensor) -> Tensor:
    """Return the convolution `[B, n]`, with circular padding, of signals `[B, n]` with a filter of odd width."""
    layer = Convolution(in_channels=1, out_channels=1, kernel_size=len(row), padding="circular").double()
    layer.weight.zero_()
    layer.weight[0, 0, len(row) // 2] = row
    return layer(x[:, None, None].expand(-1, -1, len(row), -1))[:, 0, 0]


def causal_matrix(weights: Tensor) -> Tensor:
    """Return the matrix `[n, n]` with the weight of offset o wherever row minus column is o."""
    offsets = torch.arange(LENGTH)[:, None] - torch.arange(LENGTH)
    return torch.where(offsets >= 0, weights[offsets.clamp(min=0)], 0.0)

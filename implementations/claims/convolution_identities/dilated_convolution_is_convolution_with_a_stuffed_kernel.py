"""Exact relation: a dilated convolution is a convolution with zeros between its weights.

Source: Yu & Koltun 2016, sec. 2 (yu2015multi).

Method: random filters with 3 by 3 weights and dilations 2 and 3 are stuffed with zeros and put into a convolution.

Measures:
    agreement_error: largest relative difference of the convolution with the stuffed filter and the dilated one.
    undilated_difference: smallest one of the convolution with the filter without added zeros.
    filled_difference: smallest one of the convolution with random numbers instead of the zeros.
"""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.component.convolution import Convolution
from implementations.concepts.convolution_layer.dilated_convolution import DilatedConvolution


def run(seed: int) -> dict[str, float]:
    """Compare dilated convolutions with convolutions.

    Args:
        seed: Seed of images and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(4, 2, 9, 8, generator=generator, dtype=torch.float64)
    rows = []
    with torch.no_grad():
        for dilation in (2, 3):
            dilated = DilatedConvolution(dilation=dilation).double()
            for parameter in dilated.parameters():
                parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
            stuffed = stuff(dilated.weight, dilation)
            noise = torch.randn(stuffed.shape, generator=generator, dtype=torch.float64)
            expected = dilated(x)
            filters = (stuffed, dilated.weight, torch.where(stuffed == 0, noise, stuffed))
            rows.append([difference(convolve(x, weight, dilated.bias), expected) for weight in filters])
    exact, undilated, filled = zip(*rows, strict=True)
    return {
        "agreement_error": max(exact),
        "undilated_difference": min(undilated),
        "filled_difference": min(filled),
    }


def stuff(weight: Tensor, dilation: int) -> Tensor:
    """Return the weights `[D, C, k, k]` with zeros between them, `[D, C, l (k - 1) + 1, l (k - 1) + 1]`."""
    size = dilation * (weight.shape[2] - 1) + 1
    stuffed = weight.new_zeros(*weight.shape[:2], size, size)
    stuffed[:, :, ::dilation, ::dilation] = weight
    return stuffed


def convolve(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Return the convolution of `[B, C, H, W]` with a weight `[D, C, k, k]`, padded with zeros."""
    outputs, inputs, size, _ = weight.shape
    layer = Convolution(in_channels=inputs, out_channels=outputs, kernel_size=size).double()
    layer.weight.copy_(weight)
    layer.bias.copy_(bias)
    return layer(x)

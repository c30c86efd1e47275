"""Exact relation: a transposed convolution is a convolution of the small image, followed by pixel shuffle.

Source: Shi et al. 2016, "Is the deconvolution layer the same as a convolutional layer?" (shi2016deconvolution).

Method: a transposed convolution with stride r has random filters whose side is 3 r. Each of their r times r phases,
the weights that are r apart, becomes one filter of 3 by 3, reversed, of an ordinary convolution; pixel shuffle then
moves the results to their pixels. What the transposed convolution writes beyond the r-fold image is left out. Filters
of another side, 3 for a stride of 2, are first filled up with zeros.

Measures:
    agreement_error: relative difference of both outputs, the largest for strides of 2 and 3.
    filled_error: the same for filters of side 3 and stride 2.
    forward_difference: of the outputs, if phases are not reversed; the smallest for strides of 2 and 3.
    phase_difference: of the outputs, if rows and columns of the phases are exchanged; the smallest.
    bias_difference: of the outputs, if the convolution has another bias for every phase; the smallest.
"""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.component.convolution import Convolution
from implementations.concepts.convolution_layer.transposed_convolution import TransposedConvolution
from implementations.concepts.pooling.pixel_shuffle import PixelShuffle

IN, OUT, SIDE = 3, 2, 3


@torch.no_grad()
def run(seed: int) -> dict[str, float]:
    """Compare both ways of enlarging an image.

    Args:
        seed: Seed of images and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(2, IN, 4, 5, generator=generator, dtype=torch.float64)
    agreement, forward, phase, bias = [], [], [], []
    for stride in (2, 3):
        layer = transposed(SIDE * stride, stride, generator)
        expected = layer(x)[:, :, stride:-stride, stride:-stride]
        filters = phases(layer.weight, stride)
        offsets = torch.randn(OUT * stride**2, generator=generator, dtype=torch.float64)
        agreement.append(difference(shuffled(x, filters, layer.bias), expected))
        forward.append(difference(shuffled(x, filters.flip(-1, -2), layer.bias), expected))
        phase.append(difference(shuffled(x, filters.transpose(1, 2), layer.bias), expected))
        bias.append(difference(shuffled(x, filters, layer.bias, offsets), expected))
    narrow = transposed(3, 2, generator)
    whole = torch.zeros(IN, OUT, SIDE * 2, SIDE * 2, dtype=torch.float64)
    whole[:, :, 2:5, 2:5] = narrow.weight  # ahead of it a block of zeros: it writes no pixel before its own position
    return {
        "agreement_error": max(agreement),
        "filled_error": difference(shuffled(x, phases(whole, 2), narrow.bias), narrow(x)[:, :, :-1, :-1]),
        "forward_difference": min(forward),
        "phase_difference": min(phase),
        "bias_difference": min(bias),
    }


def transposed(side: int, stride: int, generator: torch.Generator) -> TransposedConvolution:
    """Return a transposed convolution with random filters and biases."""
    layer = TransposedConvolution(in_channels=IN, out_channels=OUT, kernel_size=side, stride=stride).double()
    for parameter in layer.parameters():
        parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
    return layer


def phases(weight: Tensor, stride: int) -> Tensor:
    """Return the reversed phases `[C, r, r, D, 3, 3]` of filters `[D, C, 3 r, 3 r]`.

    What a position writes one block further, the pixel of that block reads from one position before.
    """
    split = weight.unflatten(3, (SIDE, stride)).unflatten(2, (SIDE, stride))  # [D, C, 3, r, 3, r]
    return split.permute(1, 3, 5, 0, 2, 4).flip(-1, -2)


def shuffled(x: Tensor, filters: Tensor, bias: Tensor, offsets: Tensor | float = 0.0) -> Tensor:
    """Return pixel shuffle of a convolution; the phases of a channel share its bias, except for offsets."""
    outputs, stride = filters.shape[0], filters.shape[1]
    layer = Convolution(in_channels=IN, out_channels=outputs * stride**2, kernel_size=SIDE).double()
    layer.weight.copy_(filters.flatten(0, 2))
    layer.bias.copy_(bias.repeat_interleave(stride**2) + offsets)
    return PixelShuffle(factor=stride)(layer(x))

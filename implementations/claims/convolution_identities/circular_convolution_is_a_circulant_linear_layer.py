"""Exact relation: a circular convolution is a linear layer with circulant blocks.

Source: the lecture, S17.

Method: signals are images of height one, and only the middle row of the filter is not zero. The circulant blocks are
written into the weight of a linear layer, which sees the channels concatenated. Conversely, a random circulant matrix
(odd size) becomes a filter as long as the signal.

Measures:
    convolution_error: relative difference of the linear layer and the convolution of width 3.
    converse_error: of a linear layer with a random circulant matrix and the convolution with its row as filter.
    zero_padding_difference: of the linear layer with circulant blocks and the convolution with zero padding.
    unstructured_difference: of a linear layer with a random matrix and the convolution with its middle row as filter.
"""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.component.convolution import Convolution
from implementations.concepts.component.linear_layer import LinearLayer

LENGTH, CHANNELS_IN, CHANNELS_OUT, WIDTH = 7, 2, 3, 3


def run(seed: int) -> dict[str, float]:
    """Compare circular convolutions with linear layers.

    Args:
        seed: Seed of signals and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(4, CHANNELS_IN, LENGTH, generator=generator, dtype=torch.float64)
    filters = torch.randn(CHANNELS_OUT, CHANNELS_IN, WIDTH, generator=generator, dtype=torch.float64)
    bias = torch.randn(CHANNELS_OUT, generator=generator, dtype=torch.float64)
    row = torch.randn(1, 1, LENGTH, generator=generator, dtype=torch.float64)
    matrix = torch.randn(LENGTH, LENGTH, generator=generator, dtype=torch.float64)
    one, none = x[:, :1], bias[:1] * 0
    with torch.no_grad():
        layered = apply_linear(x, circulant(filters), bias)
        middle = matrix[LENGTH // 2][None, None]  # the row whose window starts at the first position
        return {
            "convolution_error": difference(layered, convolve(x, filters, bias, "circular")),
            "converse_error": difference(apply_linear(one, circulant(row), none), convolve(one, row, none, "circular")),
            "zero_padding_difference": difference(layered, convolve(x, filters, bias, "zeros")),
            "unstructured_difference": difference(
                apply_linear(one, matrix[None, None], none), convolve(one, middle, none, "circular")
            ),
        }


def circulant(filters: Tensor) -> Tensor:
    """Return the blocks `[D, C, n, n]` of filters `[D, C, k]`: row p holds the filter centred at column p, wrapped."""
    rows = torch.arange(LENGTH)
    blocks = filters.new_zeros(*filters.shape[:2], LENGTH, LENGTH)
    for position in range(filters.shape[2]):
        offset = position - filters.shape[2] // 2
        blocks[:, :, rows, (rows + offset) % LENGTH] += filters[:, :, position, None]
    return blocks


def apply_linear(x: Tensor, blocks: Tensor, bias: Tensor) -> Tensor:
    """Return `[B, D, n]`, the linear layer with blocks `[D, C, n, n]` on the concatenated channels `[B, C, n]`."""
    outputs, inputs = blocks.shape[:2]
    layer = LinearLayer(in_features=inputs * LENGTH, out_features=outputs * LENGTH).double()
    layer.weight.copy_(blocks.transpose(1, 2).reshape(layer.weight.shape))  # [D, n, C, n] -> [D n, C n]
    layer.bias.copy_(bias.repeat_interleave(LENGTH))
    return layer(x.flatten(1)).unflatten(1, (outputs, LENGTH))


def convolve(x: Tensor, filters: Tensor, bias: Tensor, padding: str) -> Tensor:
    """Return the convolution `[B, D, n]` of signals `[B, C, n]` with filters `[D, C, k]`."""
    outputs, inputs, width = filters.shape
    layer = Convolution(in_channels=inputs, out_channels=outputs, kernel_size=width, padding=padding).double()
    layer.weight.zero_()
    layer.weight[:, :, width // 2] = filters
    layer.bias.copy_(bias)
    image = x[:, :, None].expand(-1, -1, width, -1)  # as many rows as padding adds; each output sees its own row only
    return layer(image)[:, :, 0]

"""Exact relation: a pointwise convolution is a linear layer shared by all pixels.

Source: Lin, Chen & Yan 2014 (lin2013network).

Method: one weight matrix and bias are used in a pointwise convolution, in a linear layer on the channels of every
pixel, and in a convolution of kernel size one.

Measures:
    linear_error: relative difference of the linear layer and the pointwise convolution.
    convolution_error: of the convolution of kernel size one and the pointwise convolution.
    wider_difference: of a convolution of size three with the same weights in the middle, random ones around them.
    unshared_difference: of random linear maps, one for each pixel, that add to the shared one.
"""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.component.convolution import Convolution
from implementations.concepts.component.linear_layer import LinearLayer
from implementations.concepts.convolution_layer.pointwise_convolution import PointwiseConvolution


def run(seed: int) -> dict[str, float]:
    """Compare a pointwise convolution with a linear layer at every pixel.

    Args:
        seed: Seed of images and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(4, 2, 6, 5, generator=generator, dtype=torch.float64)
    pointwise = PointwiseConvolution(in_channels=2, out_channels=3).double()
    linear = LinearLayer(in_features=2, out_features=3).double()
    narrow, wide = (Convolution(in_channels=2, out_channels=3, kernel_size=size).double() for size in (1, 3))
    own = torch.randn(6, 5, 3, 2, generator=generator, dtype=torch.float64)
    with torch.no_grad():
        for parameter in (pointwise.weight, pointwise.bias, wide.weight):
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
        linear.weight.copy_(pointwise.weight)
        narrow.weight[:, :, 0, 0] = pointwise.weight
        wide.weight[:, :, 1, 1] = pointwise.weight
        for layer in (linear, narrow, wide):
            layer.bias.copy_(pointwise.bias)
        expected = pointwise(x)
        return {
            "linear_error": difference(linear(x.movedim(1, 3)).movedim(3, 1), expected),
            "convolution_error": difference(narrow(x), expected),
            "wider_difference": difference(wide(x), expected),
            "unshared_difference": difference(expected + torch.einsum("bchw,hwdc->bdhw", x, own), expected),
        }

"""Exact relation: a depthwise separable convolution is a convolution whose filter factors.

Source: Chollet 2017 (chollet2017xception); Howard et al. 2017 (howard2017mobilenets).

Method: the product of the random factors of a separable convolution is put into a convolution. Conversely, the filter
of a random convolution is replaced by its best factors: for every input channel, the first singular vectors of the
matrix of output channels by offsets.

Measures:
    agreement_error: relative difference of the convolution with the product and the separable convolution.
    unfactored_difference: of the separable convolution with the best factors and the random convolution.
    unit_between_difference: of the separable convolution with rectified linear units between its steps.
"""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.component.convolution import Convolution
from implementations.concepts.convolution_layer.depthwise_separable_convolution import DepthwiseSeparableConvolution


def run(seed: int) -> dict[str, float]:
    """Compare separable convolutions with convolutions.

    Args:
        seed: Seed of images and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(4, 3, 6, 5, generator=generator, dtype=torch.float64)
    separable, nearest = (DepthwiseSeparableConvolution(in_channels=3, out_channels=4).double() for _ in range(2))
    factored, free = (Convolution(in_channels=3, out_channels=4).double() for _ in range(2))
    with torch.no_grad():
        for parameter in (*separable.parameters(), free.weight):
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
        factored.weight.copy_(separable.mix[:, :, None, None] * separable.filters)
        for layer in (factored, free, nearest):
            layer.bias.copy_(separable.bias)
        left, values, right = torch.linalg.svd(free.weight.transpose(0, 1).flatten(2), full_matrices=False)
        nearest.mix.copy_((left[:, :, 0] * values[:, :1]).T)  # [C, D] -> [D, C]
        nearest.filters.copy_(right[:, 0].view(3, 3, 3))  # [C, k k] -> [C, k, k]
        expected = separable(x)
        rectified = torch.einsum("bchw,dc->bdhw", separable.filtered(x).relu(), separable.mix)
        return {
            "agreement_error": difference(factored(x), expected),
            "unfactored_difference": difference(nearest(x), free(x)),
            "unit_between_difference": difference(rectified + separable.bias[:, None, None], expected),
        }

"""Exact relation: a convolution is one linear layer applied to every window, unrolled into a vector (im2col).

Source: Chellapilla, Puri & Simard 2006 (chellapilla2006high).

Method: all windows of 3 by 3 of a padded image are cut out and unrolled; a linear layer, whose weight is the filters
unrolled in the same order, maps them to the output channels.

Measures:
    agreement_error: relative difference of the linear layer on windows and the convolution.
    gradient_error: of the gradients of the filters, for a random gradient of the output.
    order_difference: of the outputs, when windows are unrolled with the channels last.
    unshared_difference: of the outputs, when every window has a linear map of its own.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.claims.agreement import difference
from implementations.concepts.component.convolution import Convolution
from implementations.concepts.component.linear_layer import LinearLayer


def run(seed: int) -> dict[str, float]:
    """Compare a convolution with a linear layer on its windows.

    Args:
        seed: Seed of images and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(4, 2, 5, 4, generator=generator, dtype=torch.float64)
    convolution = Convolution().double()
    linear = LinearLayer(in_features=2 * 9, out_features=3).double()
    with torch.no_grad():
        convolution.weight.copy_(torch.randn(3, 2, 3, 3, generator=generator, dtype=torch.float64))
        convolution.bias.copy_(torch.randn(3, generator=generator, dtype=torch.float64))
        linear.weight.copy_(convolution.weight.flatten(1))
        linear.bias.copy_(convolution.bias)
    cut = windows(x)
    expected, found = convolution(x), linear(cut.flatten(3)).movedim(3, 1)
    upstream = torch.randn(expected.shape, generator=generator, dtype=torch.float64)
    own_weights = torch.randn(5, 4, 3, 18, generator=generator, dtype=torch.float64)
    (expected_gradient,) = torch.autograd.grad(expected, convolution.weight, upstream)
    (gradient,) = torch.autograd.grad(found, linear.weight, upstream)
    with torch.no_grad():
        unshared = torch.einsum("bhwi,hwdi->bdhw", cut.flatten(3), own_weights)
        reordered = linear(cut.movedim(3, 5).flatten(3)).movedim(3, 1)
        return {
            "agreement_error": difference(found, expected),
            "gradient_error": difference(gradient.view_as(expected_gradient), expected_gradient),
            "order_difference": difference(reordered, expected),
            "unshared_difference": difference(unshared, expected),
        }


def windows(x: Tensor) -> Tensor:
    """Return the windows `[B, H, W, C, 3, 3]` around every pixel of images `[B, C, H, W]` padded with zeros."""
    return F.pad(x, [1, 1, 1, 1]).unfold(2, 3, 1).unfold(3, 3, 1).movedim(1, 3)

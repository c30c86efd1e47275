"""Exact relation: the token mixing of MLP-Mixer is a convolution with filters as large as the grid of tokens.

Source: Tolstikhin et al. 2021, sec. 1 (tolstikhin2021mlp).

Method: 25 tokens are laid out on a grid of 5 by 5. The rows of the first weight matrix become filters of 5 by 5; the
whole grid is under a filter only at its centre, so that this output is the one without padding. The second matrix
becomes a pointwise convolution of the hidden units. Every channel is an image of its own; then all channels are one
image, for a depthwise convolution.

Measures:
    agreement_error: relative difference of the convolutions on each channel and the perceptron.
    depthwise_error: of one depthwise convolution with the same filters for each channel, and the perceptron.
    unshared_difference: of one depthwise convolution with random filters for each channel, and the perceptron.
    smaller_difference: of the convolutions with filters that are zero outside the inner 3 by 3, and the perceptron.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.claims.agreement import difference
from implementations.concepts.component.convolution import Convolution
from implementations.concepts.convolution_layer.pointwise_convolution import PointwiseConvolution
from implementations.concepts.convolution_layer.token_mixing import TokenMixing

SIDE, HIDDEN, CHANNELS = 5, 6, 3


def run(seed: int) -> dict[str, float]:
    """Compare token mixing with convolutions.

    Args:
        seed: Seed of tokens and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(2, SIDE**2, CHANNELS, generator=generator, dtype=torch.float64)
    mixing = TokenMixing(tokens=SIDE**2, hidden=HIDDEN).double()
    with torch.no_grad():
        for parameter in mixing.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
        filters = mixing.weight_in.view(HIDDEN, 1, SIDE, SIDE)
        inner = F.pad(filters[:, :, 1:-1, 1:-1], [1] * 4)
        shared = filters.repeat(CHANNELS, 1, 1, 1)
        own = torch.randn(shared.shape, generator=generator, dtype=torch.float64)
        expected = mixing(x)
        return {
            "agreement_error": difference(channel_by_channel(mixing, filters, x), expected),
            "depthwise_error": difference(depthwise(mixing, shared, x), expected),
            "unshared_difference": difference(depthwise(mixing, own, x), expected),
            "smaller_difference": difference(channel_by_channel(mixing, inner, x), expected),
        }


def channel_by_channel(mixing: TokenMixing, filters: Tensor, x: Tensor) -> Tensor:
    """Return the mixed tokens `[B, T, D]`, from convolutions with filters `[U, 1, 5, 5]` on one channel at a time."""
    first = Convolution(in_channels=1, out_channels=HIDDEN, kernel_size=SIDE).double()
    first.weight.copy_(filters)
    first.bias.copy_(mixing.bias_in)
    images = x.mT.reshape(-1, 1, SIDE, SIDE)  # [B D, 1, 5, 5]
    centre = slice(SIDE // 2, SIDE // 2 + 1)
    return _finish(mixing, first(images)[:, :, centre, centre], len(x))


def depthwise(mixing: TokenMixing, filters: Tensor, x: Tensor) -> Tensor:
    """Return the mixed tokens `[B, T, D]`, the first step a depthwise convolution with filters `[D U, 1, 5, 5]`."""
    images = x.mT.unflatten(2, (SIDE, SIDE))  # [B, D, 5, 5]
    hidden = F.conv2d(images, filters, mixing.bias_in.repeat(CHANNELS), groups=CHANNELS)  # [B, D U, 1, 1]
    return _finish(mixing, hidden.view(-1, HIDDEN, 1, 1), len(x))


def _finish(mixing: TokenMixing, hidden: Tensor, examples: int) -> Tensor:
    """Return the tokens `[B, T, D]` of hidden values `[B D, U, 1, 1]`: units, then a pointwise convolution."""
    second = PointwiseConvolution(in_channels=HIDDEN, out_channels=SIDE**2).double()
    second.weight.copy_(mixing.weight_out)
    second.bias.copy_(mixing.bias_out)
    return second(F.gelu(hidden)).view(examples, CHANNELS, SIDE**2).mT

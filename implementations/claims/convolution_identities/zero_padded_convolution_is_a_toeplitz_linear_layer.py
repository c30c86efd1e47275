"""Exact relation: the matrix of a convolution is (doubly block) Toeplitz, or circulant where padding is circular.

Source: Dumoulin & Visin 2016, section "Convolution as a matrix operation" (dumoulin2016guide).

Method: the matrix from each channel to each other is a sum over the filter of Kronecker products of two shifts, one
for the rows and one for the columns of the image. It is written into a linear layer on the flattened image, which is
compared with the convolution. A signal is an image of height one, so that only the middle row of the filter matters.

Measures:
    toeplitz_error: relative difference of linear layer and convolution on signals, with zero padding.
    doubly_toeplitz_error, doubly_circulant_error: on images, with zero and with circular padding.
    swapped_difference: of the linear layer for circular padding and the convolution with zero padding.
    transposed_difference: of the linear layer with each block transposed and the convolution with zero padding.
"""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.component.convolution import Convolution
from implementations.concepts.component.linear_layer import LinearLayer


def run(seed: int) -> dict[str, float]:
    """Compare convolutions with linear layers of structured matrices.

    Args:
        seed: Seed of images and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(4, 2, 5, 4, generator=generator, dtype=torch.float64)
    signal = x[:, :, :1]
    zeros, circular = (Convolution(padding=padding).double() for padding in ("zeros", "circular"))
    with torch.no_grad():
        zeros.weight.copy_(torch.randn(zeros.weight.shape, generator=generator, dtype=torch.float64))
        zeros.bias.copy_(torch.randn(zeros.bias.shape, generator=generator, dtype=torch.float64))
        circular.load_state_dict(zeros.state_dict())
        wrapped = blocks(zeros.weight, 5, 4, wrap=True)
        banded = blocks(zeros.weight, 5, 4, wrap=False)
        on_signal = sum(
            zeros.weight[:, :, 1, position, None, None] * shift(4, position - 1, wrap=False) for position in range(3)
        )
        return {
            "toeplitz_error": difference(apply_linear(signal, on_signal, zeros.bias), zeros(signal)),
            "doubly_toeplitz_error": difference(apply_linear(x, banded, zeros.bias), zeros(x)),
            "doubly_circulant_error": difference(apply_linear(x, wrapped, zeros.bias), circular(x)),
            "swapped_difference": difference(apply_linear(x, wrapped, zeros.bias), zeros(x)),
            "transposed_difference": difference(apply_linear(x, banded.mT, zeros.bias), zeros(x)),
        }


def shift(size: int, offset: int, *, wrap: bool) -> Tensor:
    """Return the matrix `[size, size]` with ones where column minus row is the offset, modulo the size if wrapped."""
    identity = torch.eye(size, dtype=torch.float64)
    if wrap:
        return identity.roll(offset, dims=1)
    return torch.diag(identity.new_ones(size - abs(offset)), offset)


def blocks(weight: Tensor, height: int, width: int, *, wrap: bool) -> Tensor:
    """Return the matrix `[D, C, H W, H W]` from each channel to each other, of a weight `[D, C, 3, 3]`."""
    return sum(
        weight[:, :, row, column, None, None]
        * torch.kron(shift(height, row - 1, wrap=wrap), shift(width, column - 1, wrap=wrap))
        for row in range(3)
        for column in range(3)
    )


def apply_linear(x: Tensor, matrices: Tensor, bias: Tensor) -> Tensor:
    """Return `[B, D, H, W]`, the linear layer with blocks `[D, C, H W, H W]` on flattened images `[B, C, H, W]`."""
    outputs, inputs, pixels, _ = matrices.shape
    layer = LinearLayer(in_features=inputs * pixels, out_features=outputs * pixels).double()
    layer.weight.copy_(matrices.transpose(1, 2).reshape(layer.weight.shape))  # [D, HW, C, HW] -> [D HW, C HW]
    layer.bias.copy_(bias.repeat_interleave(pixels))
    return layer(x.flatten(1)).unflatten(1, (outputs, *x.shape[2:]))

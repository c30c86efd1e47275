"""Exact relation: a transposed convolution is the adjoint of a convolution, and a convolution of a stuffed input.

Source: Dumoulin & Visin 2016, sections "Convolution as a matrix operation" and "Transposed convolution"
(dumoulin2016guide).

Method: a convolution with stride 2 and no padding keeps every second output, without the border, of one with stride 1.
Its inner products and its gradient are compared with the transposed convolution of the same filter. Then the input of
the transposed convolution is stuffed with zeros, and convolved with the filter rotated by 180 degrees.

Measures:
    adjoint_error: |<C x, y> - <x, C' y>| relative to |C x| |y|.
    backward_error: relative difference of the transposed convolution of y, and of the gradient of <C x, y> in x.
    stuffed_error: of the convolution of the stuffed y with the rotated filter, and the transposed convolution.
    inverse_difference: of C' C x and x.
    unflipped_difference: of the convolution of the stuffed y with the filter that is not rotated.
"""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.component.convolution import Convolution
from implementations.concepts.convolution_layer.transposed_convolution import TransposedConvolution

SIZE, STRIDE = 3, 2


def run(seed: int) -> dict[str, float]:
    """Compare a transposed convolution with the adjoint, the gradient and another convolution.

    Args:
        seed: Seed of images and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(2, 2, 9, 7, generator=generator, dtype=torch.float64, requires_grad=True)
    y = torch.randn(2, 3, 4, 3, generator=generator, dtype=torch.float64)
    weight = torch.randn(3, 2, SIZE, SIZE, generator=generator, dtype=torch.float64)
    transposed = TransposedConvolution(in_channels=3, out_channels=2, kernel_size=SIZE, stride=STRIDE).double()
    with torch.no_grad():
        transposed.weight.copy_(weight)
    convolved = convolve(x, weight)[:, :, ::STRIDE, ::STRIDE]
    (gradient,) = torch.autograd.grad((convolved * y).sum(), x)
    with torch.no_grad():
        found = transposed(y)
        gap = ((convolved * y).sum() - (x * found).sum()).abs()
        return {
            "adjoint_error": (gap / (convolved.norm() * y.norm())).item(),
            "backward_error": difference(found, gradient),
            "stuffed_error": difference(convolve(stuff(y), weight.transpose(0, 1).flip(2, 3)), found),
            "inverse_difference": difference(transposed(convolved), x),
            "unflipped_difference": difference(convolve(stuff(y), weight.transpose(0, 1)), found),
        }


def convolve(x: Tensor, weight: Tensor) -> Tensor:
    """Return the convolution of `[B, C, H, W]` with a weight `[D, C, 3, 3]` and no bias, at whole windows only."""
    layer = Convolution(in_channels=weight.shape[1], out_channels=len(weight), kernel_size=SIZE).double()
    weights = {"weight": weight, "bias": weight.new_zeros(len(weight))}
    border = SIZE // 2
    return torch.func.functional_call(layer, weights, (x,))[:, :, border:-border, border:-border]


def stuff(y: Tensor) -> Tensor:
    """Return `[B, D, H, W]` with a zero between neighbouring pixels, and two around the image."""
    height, width = (STRIDE * (length - 1) + 1 + 2 * (SIZE - 1) for length in y.shape[2:])
    stuffed = y.new_zeros(*y.shape[:2], height, width)
    stuffed[:, :, SIZE - 1 : 1 - SIZE : STRIDE, SIZE - 1 : 1 - SIZE : STRIDE] = y
    return stuffed

"""Exact checks of the modulated convolution: its other form, what demodulation scales, and where it is a plain one."""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.claims.agreement import difference
from implementations.concepts.convolution_layer.modulated_convolution import EPSILON, ModulatedConvolution


def filters_of_each_example(generator: torch.Generator) -> float:
    """Return the difference from a grouped convolution whose groups are examples, each with its scaled filters."""
    layer, x, w = _draw(generator)
    kernels = (layer.gain * layer.weight) * layer.style(w)[:, None, :, None, None]  # [B, G, C, K, K]
    kernels = kernels / (kernels.square().sum((2, 3, 4), keepdim=True) + EPSILON).sqrt()
    expected = F.conv2d(x.flatten(0, 1)[None], kernels.flatten(0, 1), padding=1, groups=len(x))
    return difference(layer(x, w), expected.view(len(x), -1, *x.shape[2:]))


def outputs_have_unit_variance(generator: torch.Generator) -> float:
    """Return the difference of an output's variance from one, where inputs are independent and have unit variance.

    It is the sum of the squared derivatives of a position inside the image, here with the epsilon that is added.
    """
    layer, x, w = _draw(generator)
    jacobian = torch.autograd.functional.jacobian(lambda x: layer(x, w)[0, :, 2, 2], x)  # [G, B, C, H, W]
    variance = jacobian.square().flatten(1).sum(1)
    style = layer.style(w)[0]
    scaled = (layer.gain * layer.weight * style[:, None, None]).square().flatten(1).sum(1)
    return difference(variance, scaled / (scaled + EPSILON)) + float((variance - 1).abs().max() > 1e-6)


def styles_of_one_make_a_plain_convolution(generator: torch.Generator) -> float:
    """Return the difference from a convolution, without demodulation, where all styles are one."""
    _, x, w = _draw(generator)
    layer = ModulatedConvolution(demodulate=False).double()
    with torch.no_grad():
        layer.style_weight.zero_()
    return difference(layer(x, w), F.conv2d(x, layer.gain * layer.weight, padding=1))


def _draw(generator: torch.Generator) -> tuple[ModulatedConvolution, Tensor, Tensor]:
    """Return a layer, features and latents."""
    layer = ModulatedConvolution().double()
    x, w = (torch.randn(*shape, generator=generator, dtype=torch.float64) for shape in ((2, 4, 5, 4), (2, 5)))
    return layer, x, w

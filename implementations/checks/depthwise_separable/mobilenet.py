"""Exact checks of MobileNet."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from implementations.architectures.depthwise_separable.mobilenet import MobileNet
from implementations.claims.agreement import difference


def factored_kernel(generator: torch.Generator) -> float:
    """Return the difference between the two convolutions of a block and one with the product of their kernels."""
    depthwise, pointwise = _convolutions(MobileNet(widths=[6, 10], strides=[1]).double())
    x = torch.randn(2, 6, 9, 8, generator=generator, dtype=torch.float64)
    kernel = pointwise.weight * depthwise.weight[:, 0]  # [N, M, 1, 1] * [M, k, k]
    return difference(pointwise(depthwise(x)), F.conv2d(x, kernel, padding=1))


def cost_ratio(generator: torch.Generator) -> float:
    """Return how far the ratio of counted multiplications is from 1/N + 1/k^2."""
    inputs, outputs, size = 6, 10, 3
    depthwise, pointwise = _convolutions(MobileNet(widths=[inputs, outputs], strides=[1]).double())
    full = nn.Conv2d(inputs, outputs, size, padding=1, bias=False).double()
    x = torch.randn(1, inputs, 9, 8, generator=generator, dtype=torch.float64)
    ratio = (_multiplications(depthwise, x) + _multiplications(pointwise, depthwise(x))) / _multiplications(full, x)
    return abs(ratio - (1 / outputs + 1 / size**2)) / ratio


def _convolutions(net: MobileNet) -> tuple[nn.Conv2d, nn.Conv2d]:
    depthwise, pointwise = (layer for layer in net.blocks[0] if isinstance(layer, nn.Conv2d))
    return depthwise, pointwise


def _multiplications(layer: nn.Module, x: Tensor) -> float:
    with FlopCounterMode(display=False) as counter:
        layer(x)
    return float(counter.get_total_flops())

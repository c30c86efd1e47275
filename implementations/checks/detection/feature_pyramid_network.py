"""Exact checks of the feature pyramid network."""

import torch
from torch import Tensor, nn

from implementations.architectures.detection.feature_pyramid_network import FeaturePyramidNetwork
from implementations.claims.agreement import difference

BORDER = 160
"""Pixels, more than the radius of what an output of the smallest network sees."""


def levels_are_sums(generator: torch.Generator) -> float:
    """Return the difference of all levels, without 3x3 filters, from sums of coarser maps with repeated pixels."""
    net = FeaturePyramidNetwork().double().eval()
    x = torch.randn(2, 3, 64, 96, generator=generator, dtype=torch.float64)
    maps: list[Tensor] = []
    for lateral in net.lateral:
        lateral.register_forward_hook(lambda _module, _inputs, output: maps.append(output))
    for smooth in net.smooth:
        nn.init.dirac_(smooth.weight)
        nn.init.zeros_(smooth.bias)
    found = net(x)
    errors = []
    for level, merged in enumerate(found):
        coarser = [
            each.repeat_interleave(2**steps, 2).repeat_interleave(2**steps, 3)
            for steps, each in enumerate(maps[level:])
        ]
        errors.append(difference(merged, torch.stack(coarser).sum(0)))
    return max(errors)


def shifts_by_32_pixels_shift_all_levels(generator: torch.Generator) -> float:
    """Return the difference between levels of two crops of an image, 32 pixels apart, where no border is seen."""
    net = FeaturePyramidNetwork().double().eval()
    image = torch.randn(1, 3, 480, 512, generator=generator, dtype=torch.float64)
    errors = []
    for stride, left, right in zip((4, 8, 16, 32), net(image[..., :-32]), net(image[..., 32:]), strict=True):
        step, border = 32 // stride, BORDER // stride
        inner = slice(border, -border)
        errors.append(
            difference(left[:, :, inner, border + step : -border], right[:, :, inner, border : -border - step])
        )
    return max(errors)

"""Exact relation: at inference, the three branches of a RepVGG block are one convolution of 3 by 3.

Source: Ding et al. 2021, sec. 3.3, eq. 1-4 (ding2021repvgg).

Method: filters, statistics, scales and shifts are random, and the merged filters are put into a convolution.

Measures:
    agreement_error: relative difference of the convolution and the block at inference.
    training_difference: of the convolution and the block in training mode.
    unit_inside_difference: of the convolution with a unit, and the sum of the branches with a unit in each.
"""

import torch
from torch.nn import functional as F

from implementations.claims.agreement import difference
from implementations.concepts.component.convolution import Convolution
from implementations.concepts.convolution_layer.re_parametrisable_block import ReParametrisableBlock

CHANNELS = 3


def run(seed: int) -> dict[str, float]:
    """Compare a block of three branches with one convolution.

    Args:
        seed: Seed of images, weights and statistics.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(4, CHANNELS, 6, 5, generator=generator, dtype=torch.float64)
    block = ReParametrisableBlock(channels=CHANNELS).double().eval()
    convolution = Convolution(in_channels=CHANNELS, out_channels=CHANNELS).double()
    with torch.no_grad():
        for parameter in block.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
        for norm in block.norms:
            norm.running_mean.copy_(torch.randn(CHANNELS, generator=generator, dtype=torch.float64))
            norm.running_var.copy_(0.5 + torch.rand(CHANNELS, generator=generator, dtype=torch.float64))
        weight, bias = block.merged()
        convolution.weight.copy_(weight)
        convolution.bias.copy_(bias)
        merged = convolution(x)
        branches = F.conv2d(x, block.wide, padding=1), F.conv2d(x, block.narrow), x
        units_inside = sum(norm(branch).relu() for norm, branch in zip(block.norms, branches, strict=True))
        return {
            "agreement_error": difference(merged, block(x)),
            "unit_inside_difference": difference(merged.relu(), units_inside),
            "training_difference": difference(merged, block.train()(x)),
        }

"""Exact relation: three forms of ResNeXt's branch are one function, and groups are zeros in a full filter.

Source: Xie et al. 2017 (xie2017aggregated), sec. 3.3, Fig. 3.

Method: a branch with random filters is computed by a grouped convolution, by one path after the other, with the paths
concatenated, and by a full convolution. There are rectifiers after the first two layers.

Measures:
    paths_error: relative difference of the sum of the paths (Fig. 3a) and the branch with a grouped convolution (3c).
    concatenation_error: of the concatenated paths and one last layer (Fig. 3b).
    full_error: of the branch with a full convolution, whose filters between groups are zero.
    shuffled_difference: of the sum of paths whose middle filters are those of the next group.
    mixed_difference: of the branch with a full convolution, whose filters between groups are random.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.claims.agreement import difference
from implementations.concepts.component.convolution import Convolution
from implementations.concepts.convolution_layer.grouped_convolution import GroupedConvolution

PATHS, CHANNELS, OUTSIDE = 3, 2, 5


def run(seed: int) -> dict[str, float]:
    """Compare the forms of a branch.

    Args:
        seed: Seed of images and filters.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    inside = PATHS * CHANNELS
    x = torch.randn(4, OUTSIDE, 6, 5, generator=generator, dtype=torch.float64)
    first, last, free = (
        torch.randn(size, generator=generator, dtype=torch.float64)
        for size in [(inside, OUTSIDE, 1, 1), (OUTSIDE, inside, 1, 1), (inside, inside, 3, 3)]
    )
    grouped = GroupedConvolution(in_channels=inside, out_channels=inside, groups=PATHS).double()
    full, mixed = (Convolution(in_channels=inside, out_channels=inside).double() for _ in range(2))
    with torch.no_grad():
        grouped.weight.copy_(torch.randn(grouped.weight.shape, generator=generator, dtype=torch.float64))
        full.weight.zero_()
        for group, filters in enumerate(grouped.weight):
            own = slice(CHANNELS * group, CHANNELS * (group + 1))
            full.weight[own, own] = filters
        mixed.weight.copy_(torch.where(full.weight == 0, free, full.weight))
        for layer in (full, mixed):
            layer.bias.zero_()
        expected = F.conv2d(grouped(F.conv2d(x, first).relu()).relu(), last)
        outputs = paths(x, first, grouped.weight)
        shares = last.split(CHANNELS, dim=1)
        shuffled = paths(x, first, grouped.weight.roll(1, 0))
        return {
            "paths_error": difference(sum(map(F.conv2d, outputs, shares)), expected),
            "concatenation_error": difference(F.conv2d(torch.cat(outputs, dim=1), last), expected),
            "full_error": difference(F.conv2d(full(F.conv2d(x, first).relu()).relu(), last), expected),
            "shuffled_difference": difference(sum(map(F.conv2d, shuffled, shares)), expected),
            "mixed_difference": difference(F.conv2d(mixed(F.conv2d(x, first).relu()).relu(), last), expected),
        }


def paths(x: Tensor, first: Tensor, middle: Tensor) -> list[Tensor]:
    """Return what each path has computed after its first two layers."""
    return [
        F.conv2d(F.conv2d(x, narrow).relu(), filters, padding=1).relu()
        for narrow, filters in zip(first.split(CHANNELS), middle, strict=True)
    ]

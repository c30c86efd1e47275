"""Experiment: what does a convolution cost after a pooling?

Source: the lecture, S17.

Method: a convolution of 3 x 3 pixels and 16 channels is applied to maps of several sizes, directly and after the
library's max pooling by windows of three with a stride of two. Operations are counted by torch's own counter on tensors
without values; the pooling itself has no multiplications.

Measures:
    ratio_error: largest difference from one quarter of the ratio of the costs with and without pooling.
    ratio_overlapping: largest ratio for windows of three with a stride of one, which keep the size.
    side: 8, 16, .., 128; before, behind: multiplications and additions, without and with the pooling.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from implementations.concepts.pooling.max_pooling import MaxPooling

SIDES, CHANNELS = [8, 16, 32, 64, 128], 16


def run(seed: int) -> dict[str, float | list[float]]:
    """Count the operations for maps of every size.

    Args:
        seed: Not used: costs depend on shapes only.

    Returns:
        The measures that the module lists.
    """
    before, behind, every_place = ([operations(pool, side) for side in SIDES] for pool in (None, halving, overlapping))
    return {
        "ratio_error": max(abs(after / cost - 0.25) for after, cost in zip(behind, before, strict=True)),
        "ratio_overlapping": max(after / cost for after, cost in zip(every_place, before, strict=True)),
        "side": [float(side) for side in SIDES],
        "before": before,
        "behind": behind,
    }


def halving(x: Tensor) -> Tensor:
    """Pool by windows of three with a stride of two, which keep every second position."""
    return MaxPooling(kernel_size=3, stride=2)(x)


def overlapping(x: Tensor) -> Tensor:
    """Pool by windows of three with a stride of one, which keep every position."""
    return MaxPooling(kernel_size=3, stride=1)(x)


def operations(pool: Callable[[Tensor], Tensor] | None, side: int) -> float:
    """Return the multiplications and additions of a convolution of maps of a size, after a pooling if there is one."""
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        x = torch.empty(1, CHANNELS, side, side)
        nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1)(x if pool is None else pool(x))
    return float(counter.get_total_flops())

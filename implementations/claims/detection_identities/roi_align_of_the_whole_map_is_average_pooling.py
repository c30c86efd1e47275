"""Exact relation: ROI align of a box around the whole map, with a sample for each pixel, is average pooling.

Source: He et al. 2017, "Mask R-CNN", Fig. 3 (he2017mask).

Method: random maps of 12 x 12 pixels are divided into cells of 3 x 3 pixels by both, and into cells of one pixel. Then
centres of pixels are taken to be at whole numbers, and the box leaves out the last row.

Measures:
    pooling_error: relative difference of ROI align and average pooling.
    identity_error: relative difference of ROI align with a cell for each pixel from the map.
    displaced_difference: difference from average pooling, if the centre of the first pixel is at 0.
    part_difference: difference from average pooling, if the box leaves out a row.
"""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.pooling.average_pooling import AveragePooling
from implementations.concepts.pooling.roi_align import ROIAlign

SIDE, WINDOW = 12, 3


def run(seed: int) -> dict[str, float]:
    """Compare ROI align with average pooling.

    Args:
        seed: Seed of the maps.

    Returns:
        The measures that the module lists.
    """
    x = torch.randn(2, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    image = torch.arange(len(x))
    whole, part = (x.new_tensor([[0, 0, SIDE, end]]).expand(2, 4) for end in (SIDE, SIDE - 1))
    expected = AveragePooling(kernel_size=WINDOW, stride=WINDOW)(x)
    align = ROIAlign(cells=SIDE // WINDOW, samples=WINDOW)
    displaced = ROIAlign(cells=SIDE // WINDOW, samples=WINDOW, centred=False)
    return {
        "pooling_error": difference(align(x, whole, image), expected),
        "identity_error": difference(ROIAlign(cells=SIDE, samples=1)(x, whole, image), x),
        "displaced_difference": difference(displaced(x, whole, image), expected),
        "part_difference": difference(align(x, part, image), expected),
    }

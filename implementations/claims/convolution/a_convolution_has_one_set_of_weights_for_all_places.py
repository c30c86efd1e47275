"""Experiment: how many different numbers are there in the matrix of a convolution, and how many weights does it have?

Source: the lecture, S17; LeCun et al. 1989 (lecun1989backpropagation).

Method: the library's convolution with a 3 x 3 filter, two channels in and three out, is written out as a matrix for
images of several sizes, by applying it to every image of a single lit pixel. The different numbers in it are counted,
and the weights that are not zero.

Measures:
    numbers_error: largest difference of different non-zero numbers in the matrix from the weights of the filter.
    growth_dense: number of entries of the matrix for the largest image, divided by that for the smallest.
    numbers_local: different non-zero numbers, for the largest image, if every position has a filter of its own.
    side: 4, 6, .., 12; shared, local, dense: numbers of weights: one filter, a filter for each position, a full matrix.
"""

import torch
from torch import Tensor

from implementations.concepts.component.convolution import Convolution

SIDES, CHANNELS, OUT = [4, 6, 8, 10, 12], 2, 3


@torch.no_grad()
def run(seed: int) -> dict[str, float | list[float]]:
    """Write out the convolution for images of every size.

    Args:
        seed: Seed of the filter.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    layer = Convolution(in_channels=CHANNELS, out_channels=OUT).double()
    weights = layer.weight.numel()
    matrices = [matrix(layer, side) for side in SIDES]
    different = [found[found != 0].unique().numel() for found in matrices]
    local = [int((found != 0).sum()) for found in matrices]
    dense = [found.numel() for found in matrices]
    return {
        "numbers_error": float(max(abs(count - weights) for count in different)),
        "growth_dense": dense[-1] / dense[0],
        "numbers_local": float(local[-1]),
        "side": [float(side) for side in SIDES],
        "shared": [float(count) for count in different],
        "local": [float(count) for count in local],
        "dense": [float(count) for count in dense],
    }


def matrix(layer: Convolution, side: int) -> Tensor:
    """Return the matrix of a convolution without its bias, for images of a size."""
    pixels = CHANNELS * side**2
    lit = torch.eye(pixels, dtype=torch.float64).view(pixels, CHANNELS, side, side)
    return (layer(lit) - layer.bias[:, None, None]).flatten(1).T

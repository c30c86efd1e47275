"""Exact relation: patch merging is a convolution of stride two, of groups of patches that are normalised.

Source: Liu et al. 2021, sec. 3.1 (liu2021swin).

Method: the rows of a random matrix become filters of 2 by 2, in the upper left of filters of 3 by 3 whose other
weights are zero. The convolution of stride 1 sees whole groups at their lower right patches, and a stride of 2 keeps
only these.

Measures:
    agreement_error: relative difference of these outputs, and the merged patches.
    shifted_difference: of the outputs one patch up and left, and the merged patches.
    unnormalised_difference: of the outputs for the map as it is, and the merged patches.
    order_difference: of the outputs with rows and columns of the filters exchanged, and the merged patches.
"""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.component.convolution import Convolution
from implementations.concepts.convolution_layer.patch_merging import PatchMerging, concatenated

WIDTH = 3


def run(seed: int) -> dict[str, float]:
    """Compare patch merging with a convolution.

    Args:
        seed: Seed of maps and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    merging = PatchMerging(width=WIDTH).double()
    filters, turned = (Convolution(in_channels=WIDTH, out_channels=2 * WIDTH, kernel_size=3).double() for _ in range(2))
    with torch.no_grad():
        for parameter in merging.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
        two_by_two = merging.reduction.weight.unflatten(1, (2, 2, WIDTH)).permute(0, 3, 2, 1)  # [E, D, row, column]
        for layer, weight in ((filters, two_by_two), (turned, two_by_two.mT)):
            layer.weight.zero_()[:, :, :2, :2] = weight
        x = torch.randn(2, 6, 8, WIDTH, generator=generator, dtype=torch.float64)
        normalised, raw = on_the_grid(merging.norm(concatenated(x))), x.movedim(3, 1)
        found = {
            "agreement_error": filters(normalised)[:, :, 1::2, 1::2],
            "shifted_difference": filters(normalised)[:, :, ::2, ::2],
            "unnormalised_difference": filters(raw)[:, :, 1::2, 1::2],
            "order_difference": turned(normalised)[:, :, 1::2, 1::2],
        }
        return {measure: difference(outputs.movedim(1, 3), merging(x)) for measure, outputs in found.items()}


def on_the_grid(groups: Tensor) -> Tensor:
    """Return concatenated patches `[B, P, Q, 4 D]` as the map `[B, D, 2 P, 2 Q]` that they came from."""
    split = groups.unflatten(3, (2, 2, WIDTH))  # [B, P, Q, column, row, D]
    return split.permute(0, 5, 1, 4, 2, 3).flatten(4, 5).flatten(2, 3)

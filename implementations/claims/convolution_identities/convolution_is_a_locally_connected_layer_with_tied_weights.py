"""Exact relation: a convolution is a locally connected layer all of whose positions have the same weights.

Source: LeCun 1989 (lecun1989generalization).

Method: the weights of a locally connected layer are tied, by giving all positions those of a convolution. Then one
position, in the third row and the second column, gets other weights.

Measures:
    agreement_error: relative difference of the tied layer and the convolution.
    untied_difference: of the layer before its weights were tied, and the convolution.
    changed_difference: of the layer with other weights at one position, and the convolution, at that position.
    elsewhere_difference: of the same, at all other positions.
"""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.component.convolution import Convolution
from implementations.concepts.convolution_layer.locally_connected_layer import LocallyConnectedLayer

IMAGE, CHANNELS, CHANGED = (5, 6), (2, 3), (2, 1)


@torch.no_grad()
def run(seed: int) -> dict[str, float]:
    """Compare a locally connected layer with a convolution.

    Args:
        seed: Seed of images and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    inputs, outputs = CHANNELS
    local = LocallyConnectedLayer(image=IMAGE, in_channels=inputs, out_channels=outputs).double()
    shared = Convolution(in_channels=inputs, out_channels=outputs).double()
    for parameter in (*local.parameters(), *shared.parameters()):
        parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
    x = torch.randn(2, inputs, *IMAGE, generator=generator, dtype=torch.float64)
    expected, untied = shared(x), local(x)
    weight, bias = local.weight.unflatten(0, (*IMAGE, outputs)), local.bias
    weight.copy_(shared.weight.movedim(1, 3).flatten(1, 2).expand_as(weight))
    bias.copy_(shared.bias.expand_as(bias))
    tied = local(x)
    weight[CHANGED] += 1
    changed = local(x)
    here = torch.zeros(IMAGE, dtype=torch.bool).index_put([torch.tensor(side) for side in CHANGED], torch.tensor(True))
    return {
        "agreement_error": difference(tied, expected),
        "untied_difference": difference(untied, expected),
        "changed_difference": difference(changed[:, :, here], expected[:, :, here]),
        "elsewhere_difference": difference(changed[:, :, ~here], expected[:, :, ~here]),
    }

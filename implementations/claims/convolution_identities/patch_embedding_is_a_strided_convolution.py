"""Exact relation: the patch embedding of a vision Transformer is a convolution whose stride is its width.

Source: Dosovitskiy et al. 2021, sec. 3.1 and eq. 1 (dosovitskiy2020image).

Method: the rows of a random embedding matrix become filters of 3 by 3. The convolution of stride 1 sees whole patches
at their centres, and a stride of 3 keeps only these.

Measures:
    agreement_error: relative difference of these outputs, read row after row, and the tokens.
    shifted_difference: of the outputs one pixel up and left of the centres, and the tokens.
    order_difference: of the outputs with rows and columns of the filters exchanged, and the tokens.
"""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.component.convolution import Convolution
from implementations.concepts.convolution_layer.patch_embedding import PatchEmbedding

PATCH = 3


def run(seed: int) -> dict[str, float]:
    """Compare a patch embedding with a convolution.

    Args:
        seed: Seed of images and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(2, 2, 4 * PATCH, 3 * PATCH, generator=generator, dtype=torch.float64)
    embedding = PatchEmbedding(channels=2, width=5, patch=PATCH).double()
    convolution, turned = (Convolution(in_channels=2, out_channels=5, kernel_size=PATCH).double() for _ in range(2))
    with torch.no_grad():
        for parameter in embedding.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
        filters = embedding.linear.weight.unflatten(1, (2, PATCH, PATCH))  # [D, C P P] -> [D, C, P, P]
        convolution.weight.copy_(filters)
        turned.weight.copy_(filters.mT)
        for layer in (convolution, turned):
            layer.bias.copy_(embedding.linear.bias)
        tokens, centre = embedding(x), PATCH // 2
        found = {
            "agreement_error": convolution(x)[:, :, centre::PATCH, centre::PATCH],
            "shifted_difference": convolution(x)[:, :, centre - 1 :: PATCH, centre - 1 :: PATCH],
            "order_difference": turned(x)[:, :, centre::PATCH, centre::PATCH],
        }
        return {measure: difference(outputs.flatten(2).mT, tokens) for measure, outputs in found.items()}

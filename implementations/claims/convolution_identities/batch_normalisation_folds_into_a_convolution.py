"""Exact relation: at inference, batch normalisation is a diagonal pointwise convolution, and folds into a convolution.

Source: Ding et al. 2021, eq. 2-4 (ding2021repvgg); Ioffe & Szegedy 2015, Algorithm 2 (ioffe2015batch).

Method: filters, statistics, scales and shifts are random. Batch normalisation is compared with a diagonal pointwise
convolution, and the two layers with one convolution that has the folded weights.

Measures:
    pointwise_error: relative difference of the pointwise convolution and batch normalisation at inference.
    folded_error: of the folded convolution, and convolution then normalisation at inference.
    training_difference: of the folded convolution, and convolution then normalisation in training mode.
    before_difference: of the naive folding of normalisation then convolution with zero padding, and these two layers.
"""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.component.batch_normalisation import BatchNormalisation
from implementations.concepts.component.convolution import Convolution
from implementations.concepts.convolution_layer.pointwise_convolution import PointwiseConvolution

CHANNELS = 3


def run(seed: int) -> dict[str, float]:
    """Compare a convolution and batch normalisation with one convolution.

    Args:
        seed: Seed of images, weights and statistics.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(4, CHANNELS, 6, 5, generator=generator, dtype=torch.float64)
    first, after, before = (Convolution(in_channels=CHANNELS, out_channels=CHANNELS).double() for _ in range(3))
    norm = BatchNormalisation(channels=CHANNELS).double().eval()
    pointwise = PointwiseConvolution(in_channels=CHANNELS, out_channels=CHANNELS).double()
    with torch.no_grad():
        for tensor in (first.weight, first.bias, norm.gamma, norm.beta, norm.running_mean):
            tensor.copy_(torch.randn(tensor.shape, generator=generator, dtype=torch.float64))
        norm.running_var.copy_(0.5 + torch.rand(CHANNELS, generator=generator, dtype=torch.float64))
        scale = norm.gamma / (norm.running_var + norm.epsilon).sqrt()
        shift = norm.beta - scale * norm.running_mean
        pointwise.weight.copy_(scale.diag())
        pointwise.bias.copy_(shift)
        after.weight.copy_(scale[:, None, None, None] * first.weight)
        after.bias.copy_(scale * first.bias + shift)
        before.weight.copy_(first.weight * scale[:, None, None])
        before.bias.copy_(first.bias + torch.einsum("dcij,c->d", first.weight, shift))
        folded = after(x)
        return {
            "pointwise_error": difference(pointwise(x), norm(x)),
            "folded_error": difference(folded, norm(first(x))),
            "before_difference": difference(before(x), first(norm(x))),
            "training_difference": difference(folded, norm.train()(first(x))),
        }

"""Exact relation: SkipInit is layer scale whose factors are all the same number.

Source: De & Smith 2020 (de2020batch); Touvron et al. 2021 (touvron2021going).

Method: the output of a random linear branch is scaled by a random scalar, and by a layer scale of this scalar.

Measures:
    agreement_error: relative difference of the two outputs.
    gradient_error: of the scalar's gradient and the sum of those of the factors.
    unequal_difference: of random factors and the scalar that is nearest to them by least squares.
"""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.component.skipinit import SkipInit
from implementations.concepts.normalisation.layer_scale import LayerScale


def run(seed: int) -> dict[str, float]:
    """Compare a scalar with equal and with random factors.

    Args:
        seed: Seed of signals, branch and factors.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    whole, channels = SkipInit().double(), LayerScale().double()
    x, upstream, factors = (
        torch.randn(size, generator=generator, dtype=torch.float64) for size in [(6, 4), (6, 4), (4,)]
    )
    with torch.no_grad():
        whole.branch.weight.copy_(torch.randn(4, 4, generator=generator, dtype=torch.float64))
        whole.branch.bias.zero_()
        whole.scale.copy_(factors[0])
        channels.scale.fill_(factors[0])
    branch = whole.branch(x).detach()
    (of_scalar,) = torch.autograd.grad(whole(x), whole.scale, upstream)
    (of_factors,) = torch.autograd.grad(channels(branch), channels.scale, upstream)
    agreement = difference(channels(branch), whole(x))
    scaled = factors * branch
    nearest = (scaled * branch).sum() / branch.square().sum()
    return {
        "agreement_error": agreement,
        "gradient_error": difference(of_scalar, of_factors.sum()),
        "unequal_difference": difference(nearest * branch, scaled),
    }

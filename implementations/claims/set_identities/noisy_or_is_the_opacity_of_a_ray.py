"""Exact relation: a noisy-or is the opacity of a ray whose samples have the softplus of the logits as densities.

Source: Mildenhall et al. 2020, sec. 4 (mildenhall2020nerf), for volume rendering as alpha compositing; that the opacity
is a noisy-or is our own remark.

Method: random logits pass a noisy-or. Their softplus is the density of samples of length one, and volume rendering
gives all of them the colour one. Then random colours are rendered, and laid over each other from back to front, each
with the probability of its logit as its opacity.

Measures:
    opacity_error: relative difference of the noisy-or and the rendered ray.
    over_error: of the rendered colours, and of those that were laid over each other.
    reversed_error: of the noisy-or, and of the ray with its samples in reverse.
    colour_difference: of rendered colours, and of those of the reversed ray.
    rectifier_difference: of the noisy-or and the ray, if densities are the rectified logits.
    length_difference: of the noisy-or and the ray, if samples have the length two.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.claims.agreement import difference
from implementations.concepts.aggregation.noisy_or import NoisyOr
from implementations.concepts.aggregation.volume_rendering import VolumeRendering

RAYS, SAMPLES = 5, 7


def run(seed: int) -> dict[str, float]:
    """Compare a noisy-or with a rendered ray.

    Args:
        seed: Seed of logits and colours.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(RAYS, SAMPLES, generator=generator, dtype=torch.float64) - 2  # most are rather unlikely
    colours = torch.rand(RAYS, SAMPLES, 3, generator=generator, dtype=torch.float64)
    density, white = F.softplus(logits), torch.ones(RAYS, SAMPLES, 1, dtype=torch.float64)
    once, render = torch.ones_like(density), VolumeRendering()
    expected = NoisyOr()(logits[:, None])
    rendered = render(density, once, colours)
    return {
        "opacity_error": difference(render(density, once, white), expected),
        "over_error": difference(laid_over(logits.sigmoid(), colours), rendered),
        "reversed_error": difference(render(density.flip(1), once, white), expected),
        "colour_difference": difference(render(density.flip(1), once, colours.flip(1)), rendered),
        "rectifier_difference": difference(render(logits.relu(), once, white), expected),
        "length_difference": difference(render(density, 2 * once, white), expected),
    }


def laid_over(opacity: Tensor, colours: Tensor) -> Tensor:
    """Return the colour that is seen, where each sample covers the share of those behind it that is its opacity."""
    seen = torch.zeros_like(colours[:, 0])
    for share, colour in zip(opacity.T.flip(0), colours.transpose(0, 1).flip(0), strict=True):
        seen = share[:, None] * colour + (1 - share[:, None]) * seen
    return seen

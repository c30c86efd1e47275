"""Exact checks of the coloured balls."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.image_task.coloured_balls import CENTRES, DISTANCE, PAINT, RADII, ColouredBalls, seen


def towards_a_centre(generator: torch.Generator) -> float:
    """Return the difference for rays that aim at the centres, from just outside of the balls: the ball's own colour.

    The normal there points back along the ray, so that the shade is known.
    """
    direction = torch.nn.functional.normalize(torch.randn(3, 3, generator=generator), dim=1)
    origin = CENTRES - (RADII[:, None] + 0.01) * direction
    shade = 0.4 + 0.6 * (-direction @ torch.tensor([0.6, 0.0, 0.8])).clamp_min(0)
    return max(0.0, difference(seen(origin, direction), shade[:, None] * PAINT) - 1e-4)  # single precision


def by_small_steps(generator: torch.Generator) -> float:
    """Return the share of pixels whose ball is not that which a walk along the ray enters first, beyond one in 200.

    Steps of a hundredth can miss a ball that the ray only grazes.
    """
    inputs, target = ColouredBalls(generator=generator).test()
    origin, direction = inputs["origin"], inputs["direction"]
    entered = torch.full((len(origin),), -1)
    for t in torch.arange(0, 2 * DISTANCE, 0.01):
        inside = (torch.cdist(origin + t * direction, CENTRES) < RADII).float()
        entered = torch.where((entered < 0) & (inside.sum(1) > 0), inside.argmax(1), entered)
    hue = target / target.sum(1, keepdim=True)
    expected = torch.where((entered < 0)[:, None], 1 / 3, (PAINT / PAINT.sum(1, keepdim=True))[entered])
    wrong = (hue - expected).abs().amax(1) > 0.01
    return max(0.0, wrong.float().mean().item() - 1 / 200)

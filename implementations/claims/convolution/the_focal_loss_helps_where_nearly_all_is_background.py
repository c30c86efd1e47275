"""Experiment: does the focal loss find rare objects better than the cross-entropy?

Source: Lin et al. 2017 (lin2017focal), sec. 3, sec. 4.1 and sec. 5.1, Table 1.

Method: in noisy images of 32 x 32 pixels, a network of few channels scores every pixel as the centre of a plus sign.
There is one in each image, besides crosses and frames of the same size, so that one position in 1,024 is an object. As
in the paper, the loss is the sum over all positions, divided by the number of objects; the first confidence is 0.01;
and networks are trained by gradient descent with momentum, here of clipped gradients. The focal loss has an exponent of
2 and a share of 0.25 or 0.5; the cross-entropy, which is the focal loss with an exponent of 0, has a share of 0.5 or
0.75: those that the paper found best, and half. Every loss is tried with the same two rates, and for either kind the
best score of all shares and rates counts. In the balanced set, as many positions of the background as there are objects
are drawn, for training and test; there the share is 0.5, and first weights are the library's. A network with more
channels, trained for longer with the cross-entropy, shows whether better scores are possible.

Measures:
    focal, cross_entropy: average precision on new images, the best of shares and rates.
    gain: the first less the second.
    room: average precision of the larger network, less `cross_entropy`.
    balanced_gain: the gain in the balanced set.
    easy_share, easy_focal_share: before training, the part of the loss that positions of the background have, for the
        cross-entropy with a share of 0.5 and for the focal loss with one of 0.25.
    rates: learning rates.
    focal_by_rate, cross_entropy_by_rate: average precision for each, the best of shares.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.claims.precision import double_precision
from implementations.concepts.loss.focal_loss import FocalLoss
from kb.training import CLIP, descend

SIDE, SHAPE, CLUTTER, NOISE = 32, 5, 6, 0.4
REACH, NARROW, WIDE, PRIOR = 7, 4, 32, 0.01
BATCH, STEPS, LONGER, MOMENTUM, TESTED = 8, 300, 900, 0.9, 300
RATES = (0.03, 0.1)
FOCUS = 2.0
FOCAL_SHARES, PLAIN_SHARES, EVEN = (0.25, 0.5), (0.5, 0.75), 0.5


def shapes() -> Tensor:
    """Return a plus sign, a cross and a frame, `[3, 1, SHAPE, SHAPE]`."""
    plus, frame = torch.zeros(SHAPE, SHAPE), torch.ones(SHAPE, SHAPE)
    plus[SHAPE // 2], plus[:, SHAPE // 2] = 1, 1
    frame[1:-1, 1:-1] = 0
    diagonal = torch.eye(SHAPE)
    return torch.stack([plus, torch.maximum(diagonal, diagonal.flip(1)), frame])[:, None]


def images(count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return images `[B, 1, H, W]`, and 1 at the centre of each plus sign, `[B, H, W]`."""
    centres = torch.zeros(count, 3, SIDE, SIDE)
    for kind in (0, *(1 + number % 2 for number in range(CLUTTER))):
        row, column = torch.randint(SHAPE // 2, SIDE - SHAPE // 2, (2, count), generator=generator)
        centres[torch.arange(count), kind, row, column] = 1
    drawn = F.conv_transpose2d(centres, shapes(), padding=SHAPE // 2).clamp(max=1)
    return drawn + NOISE * torch.randn(drawn.shape, generator=generator), centres[:, 0].long()


class Detector(nn.Sequential):
    """A network that sees the neighbourhood of each pixel, and returns a logit for it."""

    def __init__(self, prior: float | None, width: int) -> None:
        super().__init__(
            nn.Conv2d(1, width, REACH, padding=REACH // 2),
            nn.ReLU(),
            nn.Conv2d(width, width, 1),
            nn.ReLU(),
            nn.Conv2d(width, 1, 1),
        )
        if prior is not None:
            nn.init.constant_(self[-1].bias, -math.log((1 - prior) / prior))


def chosen(target: Tensor, balanced: bool, generator: torch.Generator) -> Tensor:
    """Return the numbers of the positions that count: all, or all objects and as many of the background."""
    if not balanced:
        return torch.arange(target.numel())
    objects, others = (target.flatten() == value for value in (1, 0))
    drawn = torch.randperm(int(others.sum()), generator=generator)[: int(objects.sum())]
    return torch.cat([objects.nonzero()[:, 0], others.nonzero()[drawn, 0]])


@double_precision()
def run(seed: int) -> dict[str, float | list[float]]:
    """Train networks with all losses, shares and rates, on all positions and on balanced ones.

    Args:
        seed: Seed of weights and images.

    Returns:
        The measures that the module lists.
    """
    focal, plain = best(seed, FOCUS, FOCAL_SHARES), best(seed, 0.0, PLAIN_SHARES)
    balanced = [max(best(seed, focus, [EVEN], balanced=True)) for focus in (FOCUS, 0.0)]
    larger = score(seed, FocalLoss(focus=0.0, share=EVEN), RATES[0], width=WIDE, steps=LONGER)
    return {
        "focal": max(focal),
        "cross_entropy": max(plain),
        "gain": max(focal) - max(plain),
        "room": larger - max(plain),
        "balanced_gain": balanced[0] - balanced[1],
        "easy_share": background_share(seed, FocalLoss(focus=0.0, share=EVEN)),
        "easy_focal_share": background_share(seed, FocalLoss(focus=FOCUS, share=FOCAL_SHARES[0])),
        "rates": list(RATES),
        "focal_by_rate": focal,
        "cross_entropy_by_rate": plain,
    }


def best(seed: int, focus: float, shares: Sequence[float], balanced: bool = False) -> list[float]:
    """Return for each rate the best score of all shares."""
    losses = [FocalLoss(focus=focus, share=share) for share in shares]
    return [max(score(seed, loss, rate, balanced=balanced) for loss in losses) for rate in RATES]


def score(
    seed: int, losses: FocalLoss, rate: float, *, balanced: bool = False, width: int = NARROW, steps: int = STEPS
) -> float:
    """Train a network, and return its average precision on new images."""
    torch.manual_seed(seed)
    network, generator = Detector(None if balanced else PRIOR, width), torch.Generator().manual_seed(seed)

    def loss() -> Tensor:
        x, target = images(BATCH, generator)
        at = chosen(target, balanced, generator)
        return losses(network(x).flatten()[at], target.flatten()[at]).sum() / target.sum()

    optimiser = torch.optim.SGD(network.parameters(), lr=rate, momentum=MOMENTUM)
    descend(optimiser, loss, steps=steps, clip=CLIP)
    generator.manual_seed(seed + 1000)
    x, target = images(TESTED, generator)
    at = chosen(target, balanced, generator)
    with torch.no_grad():
        return average_precision(network(x).flatten()[at], target.flatten()[at])


def average_precision(logits: Tensor, target: Tensor) -> float:
    """Return the mean, over all objects, of the share of objects among positions that score at least as high."""
    found = target[logits.argsort(descending=True)].double()
    precision = found.cumsum(0) / torch.arange(1, len(found) + 1)
    return precision[found > 0].mean().item()


@torch.no_grad()
def background_share(seed: int, losses: FocalLoss) -> float:
    """Return the part of the loss that positions of the background have before training."""
    torch.manual_seed(seed)
    network = Detector(PRIOR, NARROW)
    x, target = images(TESTED, torch.Generator().manual_seed(seed + 1000))
    values = losses(network(x).flatten(), target.flatten())
    return (values[target.flatten() == 0].sum() / values.sum()).item()

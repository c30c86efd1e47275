"""Experiment: errors of a U-Net at borders and elsewhere, with and without connections from the way down.

Source: Ronneberger, Fischer & Brox 2015, sec. 1 (ronneberger2015u).

Method: images show two rectangles of random sizes and places, with normal noise; the class of a pixel is whether it
lies in one. Two U-Nets start from the same weights and see the same batches. In one, the weights by which the levels of
the way up use the features of the way down are zero, and stay so. A pixel is at a border if the class of one of its
four neighbours differs.

Measures:
    with_connections, without: share of pixels with the wrong class, of those at borders and of all others, in fresh
        images.
    border_ratio: the first of `without`, over the first of `with_connections`.
    inside_with, inside_without: the second of both.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parametrize

from implementations.architectures.convolutional.u_net import UNet
from implementations.claims.precision import double_precision
from kb.training import descend

SIDE, RECTANGLES, LARGEST, NOISE = 16, 2, 8, 0.5
WIDTH, LEVELS = 8, 3
BATCH, FRESH, STEPS, RATE = 12, 512, 1000, 3e-3


@double_precision()
def run(seed: int) -> dict[str, float | list[float]]:
    """Train both networks, and count their errors.

    Args:
        seed: Seed of weights and images.

    Returns:
        The measures that the module lists.
    """
    whole, cut = (trained(connected, seed) for connected in (True, False))
    x, target = images(FRESH, torch.Generator().manual_seed(seed + 1000))
    errors = [shares(network, x, target) for network in (whole, cut)]
    return {
        "with_connections": errors[0],
        "without": errors[1],
        "border_ratio": errors[1][0] / errors[0][0],
        "inside_with": errors[0][1],
        "inside_without": errors[1][1],
    }


class Masked(nn.Module):
    """A weight, some of whose numbers are zero."""

    def __init__(self, mask: Tensor) -> None:
        super().__init__()
        self.register_buffer("mask", mask)

    def forward(self, weight: Tensor) -> Tensor:
        """Return the weight with zeros."""
        return weight * self.mask


def trained(connected: bool, seed: int) -> UNet:
    """Return a network that was trained, with connections or without."""
    torch.manual_seed(seed)
    network = UNet(in_channels=1, width=WIDTH, levels=LEVELS)
    if not connected:
        for block in network.up:
            mask = torch.ones_like(block[0].weight)
            mask[:, : mask.shape[1] // 2] = 0  # the first half of the channels comes from the way down
            parametrize.register_parametrization(block[0], "weight", Masked(mask))
    generator = torch.Generator().manual_seed(seed)

    def loss() -> Tensor:
        x, target = images(BATCH, generator)
        return F.cross_entropy(network(x), target)

    descend(torch.optim.Adam(network.parameters(), lr=RATE), loss, steps=STEPS)
    return network


def images(count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return noisy images `[count, 1, H, W]`, and the classes of their pixels `[count, H, W]`."""
    size = torch.randint(2, LARGEST + 1, (count, RECTANGLES, 2), generator=generator)
    first = (torch.rand(size.shape, generator=generator) * (SIDE + 1 - size)).long()
    place = torch.arange(SIDE)
    within = (first[..., None] <= place) & (place < (first + size)[..., None])  # [count, rectangles, 2, side]
    target = (within[:, :, 0, :, None] & within[:, :, 1, None]).any(1)
    noise = torch.randn(count, SIDE, SIDE, generator=generator)
    return (target + NOISE * noise)[:, None], target.long()


@torch.no_grad()
def shares(network: UNet, x: Tensor, target: Tensor) -> list[float]:
    """Return the shares of pixels with the wrong class, at borders and elsewhere."""
    wrong = network(x).argmax(1) != target
    border = torch.zeros_like(wrong)
    for axis in (1, 2):
        step = target.diff(dim=axis) != 0
        for places in (slice(None, -1), slice(1, None)):
            border[(slice(None), *[slice(None)] * (axis - 1), places)] |= step
    return [wrong[border].double().mean().item(), wrong[~border].double().mean().item()]

"""Exact checks of the U-Net: its equations for two levels, its sizes, and tiles of an image."""

import torch
from torch.nn import functional as F

from implementations.architectures.convolutional.u_net import UNet
from implementations.claims.agreement import difference


@torch.no_grad()
def two_levels_written_out(generator: torch.Generator) -> float:
    """Return the difference between two levels without padding and their equations, layer by layer."""
    net = UNet(levels=2, padded=False).double()
    x = torch.randn(2, 3, 24, 28, generator=generator, dtype=torch.float64)
    weights = [(p.weight, p.bias) for p in net.modules() if isinstance(p, torch.nn.Conv2d)]
    (a, b), (c, d), (e, f), (g, h), (i, j), (k, m), (o, p) = weights
    top = F.conv2d(F.conv2d(x, a, b).relu(), c, d).relu()
    maxima = top.unfold(2, 2, 2).unfold(3, 2, 2).amax((4, 5))
    bottom = F.conv2d(F.conv2d(maxima, e, f).relu(), g, h).relu()
    up = F.conv_transpose2d(bottom, net.enlarge[0].weight, net.enlarge[0].bias, stride=2)
    joined = torch.cat([top[:, :, 4:-4, 4:-4], up], 1)
    last = F.conv2d(F.conv2d(joined, i, j).relu(), k, m).relu()
    return difference(net(x), F.conv2d(last, o, p))


def published_image_keeps_388_pixels(generator: torch.Generator) -> float:
    """Return by how many pixels the output for an image of 572 x 572 with five levels differs from 388 x 388."""
    net = UNet(in_channels=1, width=1, levels=5, padded=False)
    found = net(torch.randn(1, 1, 572, 572, generator=generator)).shape
    return float(max(abs(size - 388) for size in found[2:]))


@torch.no_grad()
def tiles_make_the_whole(generator: torch.Generator) -> float:
    """Return the difference between the output for a tile and that part of the output for the whole image.

    Tiles start where all poolings do: at multiples of four pixels for three levels.
    """
    net = UNet(levels=3, padded=False).double()
    x = torch.randn(1, 3, 76, 60, generator=generator, dtype=torch.float64)
    whole, tile = net(x), net(x[:, :, 24:68, 12:56])  # an output loses 20 pixels at each side
    return difference(tile, whole[:, :, 24:28, 12:16])


@torch.no_grad()
def without_connections_it_sees_blocks(generator: torch.Generator) -> float:
    """Return the difference of a network whose blocks ignore what is kept from one that never got it."""
    net = UNet(levels=2).double()
    wide = net.enlarge[0].out_channels
    net.up[0][0].weight[:, :wide] = 0
    x = torch.randn(2, 3, 8, 12, generator=generator, dtype=torch.float64)
    up = net.enlarge[0](net.down[1](net.pool(net.down[0](x))))
    narrow = F.conv2d(up, net.up[0][0].weight[:, wide:], net.up[0][0].bias, padding=1).relu()
    return difference(net(x), net.classifier(net.up[0][2:](narrow)))

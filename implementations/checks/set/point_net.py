"""Exact checks of PointNet: a plain network where nothing is aligned, and points that decide nothing."""

import torch
from torch import Tensor, nn

from implementations.architectures.set.point_net import PointNet
from implementations.claims.agreement import difference


def _net(generator: torch.Generator) -> PointNet:
    """Return a network in evaluation mode, with statistics as after some training."""
    net = PointNet().double().eval()
    for name, buffer in net.named_buffers():
        if "running" in name:
            buffer.uniform_(0.5, 2.0, generator=generator)
    return net


@torch.no_grad()
def without_alignment_it_is_a_maximum(generator: torch.Generator) -> float:
    """Return the difference of a network whose matrices are the identity from one function of every point."""
    net = _net(generator)
    for align in (net.align, net.align_features):
        nn.init.zeros_(align.matrix.weight)
        nn.init.zeros_(align.matrix.bias)
    x = torch.randn(3, 6, 3, generator=generator, dtype=torch.float64)
    points = [net.second(net.first(x[:, point])) for point in range(6)]
    return difference(net(x), net.classifier(torch.stack(points).max(0).values))


@torch.no_grad()
def order_and_copies_make_no_difference(generator: torch.Generator) -> float:
    """Return by how much another order of the points, and copies of some of them, change the logits."""
    net = _net(generator)
    x = torch.randn(3, 6, 3, generator=generator, dtype=torch.float64)
    order = torch.randperm(6, generator=generator)
    return difference(net(torch.cat([x[:, order], x[:, :3]], 1)), net(x))


@torch.no_grad()
def other_points_can_be_left_out(generator: torch.Generator) -> float:
    """Return by how much the logits change if all points are left out that attain none of the three maxima."""
    net = _net(generator)
    x = torch.randn(1, 400, 3, generator=generator, dtype=torch.float64)
    h = net.first(net.align(x)[0])
    maxima: list[Tensor] = [net.align.points(x[0]), net.align_features.points(h), net.trunk(x)[0]]
    critical = torch.cat([features.argmax(0) for features in maxima]).unique()
    if len(critical) == x.shape[1]:
        return float("nan")  # then nothing would be left out
    return difference(net(x[:, critical]), net(x))

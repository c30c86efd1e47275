"""Exact checks of the point cloud autoencoder: its equations, the order of the points, and its loss."""

import torch
from torch.nn import functional as F

from implementations.architectures.unsupervised.point_cloud_autoencoder import PointCloudAutoencoder
from implementations.claims.agreement import difference


def _net(generator: torch.Generator) -> PointCloudAutoencoder:
    """Return a network in evaluation mode, with statistics as after some training."""
    net = PointCloudAutoencoder().double().eval()
    for name, buffer in net.named_buffers():
        if "running" in name:
            buffer.uniform_(0.5, 2.0, generator=generator)
    return net


@torch.no_grad()
def point_by_point(generator: torch.Generator) -> float:
    """Return the difference from the equations, one point and one decoded point at a time."""
    net = _net(generator)
    x = torch.randn(1, 7, 3, generator=generator, dtype=torch.float64)
    features = []
    for h in x[0]:
        for linear, norm in zip(net.encoder.points[::3], net.encoder.points[1::3], strict=True):
            h = linear.weight @ h + linear.bias
            h = F.relu((h - norm.running_mean) / (norm.running_var + norm.eps).sqrt() * norm.weight + norm.bias)
        features.append(h)
    z = torch.stack(features).max(0).values
    first, _, second, _, last = net.decoder.layers
    hidden = second(first(z).relu()).relu()
    points = [last.weight[3 * s : 3 * s + 3] @ hidden + last.bias[3 * s : 3 * s + 3] for s in range(6)]
    return difference(net(x)[0], torch.stack(points))


@torch.no_grad()
def order_and_copies_make_no_difference(generator: torch.Generator) -> float:
    """Return by how much another order of the points, and copies of some of them, change the decoded points."""
    net = _net(generator)
    x = torch.randn(3, 7, 3, generator=generator, dtype=torch.float64)
    order = torch.randperm(7, generator=generator)
    return difference(net(torch.cat([x[:, order], x[:, :2]], 1)), net(x))


@torch.no_grad()
def loss_is_the_distance_to_the_nearest(generator: torch.Generator) -> float:
    """Return the difference between the loss and means over points of the squared distance to the nearest one."""
    net = _net(generator)
    x = torch.randn(1, 7, 3, generator=generator, dtype=torch.float64)
    y = net(x)[0]
    there = [min((point - other).norm().item() ** 2 for other in y) for point in x[0]]
    back = [min((point - other).norm().item() ** 2 for other in x[0]) for point in y]
    expected = torch.tensor([sum(there) / 7 + sum(back) / 6], dtype=torch.float64)
    return difference(net.chamfer_distance(x), expected)

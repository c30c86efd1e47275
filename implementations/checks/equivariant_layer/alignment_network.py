"""Exact checks of the alignment network: its equations point by point, and the order of the points."""

import torch
from torch.nn import functional as F

from implementations.claims.agreement import difference
from implementations.concepts.equivariant_layer.alignment_network import AlignmentNetwork


@torch.no_grad()
def point_by_point(generator: torch.Generator) -> float:
    """Return the difference, with normalisation by stored statistics, from the equations for one point at a time."""
    net = AlignmentNetwork().double().eval()
    for name, buffer in net.named_buffers():
        if "running" in name:
            buffer.uniform_(0.5, 2.0, generator=generator)
    x = torch.randn(1, 4, 3, generator=generator, dtype=torch.float64)

    def layers(value: torch.Tensor, *modules: torch.nn.Module) -> torch.Tensor:
        for linear, norm in zip(modules[::3], modules[1::3], strict=True):
            value = linear.weight @ value + linear.bias
            value = (value - norm.running_mean) / (norm.running_var + norm.eps).sqrt() * norm.weight + norm.bias
            value = F.relu(value)
        return value

    largest = torch.stack([layers(point, *net.points) for point in x[0]]).max(0).values
    matrix = torch.eye(3).double() + net.matrix(layers(largest, *net.cloud)).view(3, 3)
    return difference(net(x)[0], torch.stack([matrix.T @ point for point in x[0]]))


@torch.no_grad()
def order_moves_with_the_points(generator: torch.Generator) -> float:
    """Return the difference, in training mode, between the output for points in another order and that order of it."""
    net = AlignmentNetwork().double()
    x = torch.randn(3, 5, 3, generator=generator, dtype=torch.float64)
    order = torch.randperm(5, generator=generator)
    return difference(net(x[:, order]), net(x)[:, order])

"""Exact checks of the radial field network."""

import torch
from torch import Tensor

from implementations.architectures.graph.radial_field_network import RadialFieldNetwork
from implementations.claims.agreement import difference

NODES = 5


def pair_by_pair(generator: torch.Generator) -> float:
    """Return the difference between a layer and its equations, node by node."""
    net = _randomised(generator, layers=1)
    x, edges, e = _complete(generator, mutual=False)
    features = {(i, j): e[k] for k, (j, i) in enumerate(edges.T.tolist())}
    first, second = net.layers[0].phi[0], net.layers[0].phi[2]
    moved = []
    for i in range(NODES):
        total = torch.zeros(3, dtype=torch.float64)
        for j in range(NODES):
            if j != i:
                inputs = torch.cat([(x[i] - x[j]).square().sum().sqrt()[None], features[i, j]])
                hidden = first.weight @ inputs + first.bias
                total += (second.weight @ (hidden * hidden.sigmoid())).tanh() * (x[i] - x[j])
        moved.append(x[i] + total / (NODES - 1))
    return difference(net(x, edges, e), torch.stack(moved))


def forces_are_central_and_mutual(generator: torch.Generator) -> float:
    """Return how far a layer moves the centre, and the total torque of its displacements, relative to their size."""
    net = _randomised(generator, layers=1)
    x, edges, e = _complete(generator, mutual=True)
    steps = net(x, edges, e) - x
    torque = torch.linalg.cross(x, steps)
    return max((total.sum(0).norm() / total.norm()).item() for total in (steps, torque))


def two_points_stay_on_their_line(generator: torch.Generator) -> float:
    """Return the largest distance of two points from the line through them, after four layers."""
    net = _randomised(generator, layers=4)
    x = torch.randn(2, 3, generator=generator, dtype=torch.float64)
    e = torch.randn(2, 2, generator=generator, dtype=torch.float64)
    along = (x[1] - x[0]) / (x[1] - x[0]).norm()
    ways = net(x, torch.tensor([[0, 1], [1, 0]]), e) - x[0]
    return (ways - (ways @ along)[:, None] * along).abs().max().item()


def _complete(generator: torch.Generator, mutual: bool) -> tuple[Tensor, Tensor, Tensor]:
    """Return random points, the edges between all pairs both ways, and features, equal both ways if `mutual`."""
    edges = torch.tensor([(j, i) for i in range(NODES) for j in range(NODES) if i != j]).T
    x = torch.randn(NODES, 3, generator=generator, dtype=torch.float64)
    table = torch.randn(NODES, NODES, 2, generator=generator, dtype=torch.float64)
    table = table + table.transpose(0, 1) if mutual else table
    return x, edges, table[edges[0], edges[1]]


def _randomised(generator: torch.Generator, layers: int) -> RadialFieldNetwork:
    """Return the network in float64 with weights drawn from the generator."""
    net = RadialFieldNetwork(layers=layers).double().requires_grad_(False)
    for parameter in net.parameters():
        parameter.copy_(0.5 * torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype))
    return net

"""Exact checks of the E(n)-equivariant graph network."""

import torch
from torch import Tensor, nn

from implementations.architectures.graph.equivariant_graph_network import EquivariantGraphNetwork, EquivariantLayer
from implementations.claims.agreement import difference

NODES, WIDTH = 5, 6


def pair_by_pair(generator: torch.Generator) -> float:
    """Return the difference between a layer and its equations, node by node for all pairs, with C = 1 / (M - 1)."""
    layer = _randomised(EquivariantLayer(WIDTH, 2), generator)
    h, x, edges, e = _complete(generator)
    features = {(i, j): e[k] for k, (j, i) in enumerate(edges.T.tolist())}
    new_h, new_x = [], []
    for i in range(NODES):
        others = [j for j in range(NODES) if j != i]
        m = {
            j: layer.message(torch.cat([h[i], h[j], (x[i] - x[j]).dot(x[i] - x[j])[None], features[i, j]]))
            for j in others
        }
        displacement = torch.stack([(x[i] - x[j]) * layer.coordinate_update.coefficient(m[j]) for j in others]).sum(0)
        new_x.append(x[i] + displacement / (NODES - 1))
        new_h.append(h[i] + layer.update(torch.cat([h[i], torch.stack([m[j] for j in others]).sum(0)])))
    found_h, found_x = layer(h, x, edges, e)
    return max(difference(found_h, torch.stack(new_h)), difference(found_x, torch.stack(new_x)))


def centre_stays(generator: torch.Generator) -> float:
    """Return how far one layer moves the centre of points with equal features, whose mutual pushes cancel."""
    net = _randomised(EquivariantGraphNetwork(width=WIDTH, layers=1), generator)
    _, x, edges, _ = _complete(generator)
    h = torch.randn(1, 4, generator=generator, dtype=torch.float64).expand(NODES, 4)
    e = torch.randn(1, 2, generator=generator, dtype=torch.float64).expand(edges.shape[1], 2)
    return difference(net(h, x, edges, e).x.mean(0), x.mean(0))


def _complete(generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return random features and points of nodes, the edges between all pairs both ways, and their features."""
    edges = torch.tensor([(j, i) for i in range(NODES) for j in range(NODES) if i != j]).T
    h, x, e = (
        torch.randn(*shape, generator=generator, dtype=torch.float64)
        for shape in ((NODES, WIDTH), (NODES, 3), (edges.shape[1], 2))
    )
    return h, x, edges, e


def _randomised(module: nn.Module, generator: torch.Generator) -> nn.Module:
    """Return the module in float64 with weights drawn from the generator."""
    module = module.double().requires_grad_(False)
    for parameter in module.parameters():
        parameter.copy_(0.5 * torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype))
    return module

"""Exact checks of the higher-order graph network: pair by pair, and triangles, which no message passing counts."""

from itertools import combinations

import torch

from implementations.architectures.graph.higher_order_graph_network import HigherOrderGraphNetwork
from implementations.claims.agreement import difference

HEXAGON = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0)]
TRIANGLES = [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3)]


@torch.no_grad()
def pair_by_pair(generator: torch.Generator) -> float:
    """Return the difference between a network of one round and its equations, one pair of nodes after the other."""
    net = HigherOrderGraphNetwork(rounds=1).double()
    x = torch.randn(4, 5, generator=generator, dtype=torch.float64)
    edges = torch.tensor([[0, 1, 1, 2, 0, 2, 3], [1, 0, 2, 1, 2, 0, 2]])
    counts = torch.zeros(4, 4, dtype=torch.float64)
    neighbours: dict[int, list[int]] = {node: [] for node in range(4)}
    for source, target in edges.T.tolist():
        counts[source, target] += 1
        neighbours[target].append(source)
    h, layer = {}, net.layers[0]
    for u, v in combinations(range(4), 2):
        given = torch.cat([x[u] + x[v], (counts[u, v] + counts[v, u])[None]])
        h[u, v] = h[v, u] = torch.relu(net.embedding(given))
    sums = [torch.zeros(8, dtype=torch.float64) for _ in range(4)]
    for u, v in combinations(range(4), 2):
        near = [h[w, v] for w in neighbours[u] if w != v] + [h[u, w] for w in neighbours[v] if w != u]
        new = torch.relu(layer.own(h[u, v]) + layer.others(sum(near, torch.zeros(8, dtype=torch.float64))))
        sums[u], sums[v] = sums[u] + new, sums[v] + new
    return difference(net(x, edges), net.read_out(torch.stack(sums)))


@torch.no_grad()
def counts_triangles(generator: torch.Generator) -> float:
    """Return the difference between outputs and four times the number of triangles at the nodes of two graphs.

    A pair that is joined has the feature 1, another 0. A round gives it, for every neighbour that both have, the two
    pairs with this neighbour, less a constant that leaves nothing of pairs that are not joined. Colour refinement does
    not distinguish a hexagon from two triangles.
    """
    net = HigherOrderGraphNetwork(in_features=1, width=1, rounds=1, out_features=1).double()
    for parameter in net.parameters():
        parameter.zero_()
    layer = net.layers[0]
    net.embedding.weight[0, 1] = 0.5  # an edge is listed in both directions
    layer.own.weight[:], layer.own.bias[:] = 10.0, -10.0
    layer.others.weight[:] = net.read_out.weight[:] = 1.0
    x = torch.randn(6, 1, generator=generator, dtype=torch.float64)
    found, expected = [], []
    for links, pairs in ((HEXAGON, 0.0), (TRIANGLES, 4.0)):
        edges = torch.tensor(links).T
        found.append(net(x, torch.cat([edges, edges.flip(0)], 1)))
        expected.append(torch.full((6, 1), pairs, dtype=torch.float64))
    return difference(torch.cat(found), torch.cat(expected))

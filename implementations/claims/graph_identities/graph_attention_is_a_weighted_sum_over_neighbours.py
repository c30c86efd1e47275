"""Experiment: one formula, a sum over neighbours weighted by a function of pairs, computes GAT and GCN layers.

Source: the lecture, S26, h_j = sigma(sum over i of g(h_i, h_j) f(h_i)); Velickovic et al. 2018
(velickovic2017graph), Kipf & Welling 2017 (kipf2016semi).

Method: the formula is written out node by node on a random directed graph with self-loops, with f linear. With g the
softmax, over the neighbours i of j, of the scores of a GAT it is compared with each head of a GAT layer. With g = 1 /
sqrt(d_i d_j) it is compared with a GCN of one layer.

Measures:
    gat_error: relative difference from the GAT layer.
    gcn_error: relative difference from the GCN.
    no_softmax_difference: from the GAT layer, with g = exp of the score, which is not normalised.
    swapped_difference: from the GAT layer, with the roles of i and j exchanged in g, as the indices can also be read.
    equal_difference: from the GCN, with g = 1 / d_j.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu

from implementations.architectures.graph.gat import GATLayer
from implementations.architectures.graph.gcn import GCN
from implementations.claims.agreement import difference

NODES, FEATURES, OUTPUTS, HEADS = 8, 5, 4, 3
Pairwise = Callable[[int, int], Tensor]


def run(seed: int) -> dict[str, float]:
    """Compute both layers by the formula, and by formulas that are nearly the same.

    Args:
        seed: Seed of graph, features and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(NODES, FEATURES, generator=generator, dtype=torch.float64)
    neighbours = torch.rand(NODES, NODES, generator=generator) < 0.3  # neighbours[i, j]: an edge from i to j
    ring = torch.eye(NODES, dtype=torch.bool).roll(1, 0)
    neighbours = (neighbours | ring) & ~torch.eye(NODES, dtype=torch.bool)
    looped = neighbours | torch.eye(NODES, dtype=torch.bool)
    layer = drawn(GATLayer(FEATURES, OUTPUTS, HEADS, concatenate=True).double(), generator)
    gcn = drawn(GCN(in_features=FEATURES, hidden=[], out_features=OUTPUTS).double(), generator)
    degree = looped.sum(0).double()

    def score(i: int, j: int) -> Tensor:
        parts = layer.coefficients.source * values[i] + layer.coefficients.target * values[j]
        return leaky_relu(parts.sum(1), layer.coefficients.slope).exp()[:, None]  # [heads, 1]

    def softmax(i: int, j: int) -> Tensor:
        return score(i, j) / torch.stack([score(k, j) for k in neighbours_of(looped, j)]).sum(0)

    with torch.no_grad():
        values, linear = layer.linear(x).unflatten(1, (HEADS, -1)), gcn.maps[0](x)
        attended, convolved = layer(x, looped.nonzero().T), gcn(x, neighbours.nonzero().T)

        def of_gat(g: Pairwise) -> float:
            return difference(summed(g, values, looped).flatten(1) + layer.bias, attended)

        def of_gcn(g: Pairwise) -> float:
            return difference(summed(g, linear, looped) + gcn.biases[0], convolved)

        return {
            "gat_error": of_gat(softmax),
            "gcn_error": of_gcn(lambda i, j: (degree[i] * degree[j]).rsqrt()),
            "no_softmax_difference": of_gat(score),
            "swapped_difference": of_gat(lambda i, j: softmax(j, i)),
            "equal_difference": of_gcn(lambda i, j: 1 / degree[j]),
        }


def neighbours_of(looped: Tensor, j: int) -> list[int]:
    """Return the nodes from which an edge leads to a node."""
    found: list[int] = looped[:, j].nonzero()[:, 0].tolist()
    return found


def summed(g: Pairwise, f: Tensor, looped: Tensor) -> Tensor:
    """Return the sum over i of g(i, j) f(i) for every node j."""
    nodes = range(len(f))
    return torch.stack([torch.stack([g(i, j) * f[i] for i in neighbours_of(looped, j)]).sum(0) for j in nodes])


def drawn(network: nn.Module, generator: torch.Generator) -> nn.Module:
    """Return a network with all parameters drawn at random, including those that start at zero."""
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype))
    return network

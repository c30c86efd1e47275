"""Exact relation: the symmetric normalisation of a GCN is the mean between two rescalings by the degrees.

Source: Kipf & Welling, eq. 2 (kipf2016semi); Velickovic et al. 2018, eq. 3 (velickovic2017graph), for the weights of a
GAT.

Method: D^-1/2 A D^-1/2 = D^1/2 (D^-1 A) D^-1/2, on random directed graphs with self-loops, where D holds the number of
edges into each node. Features are divided by the root of the degree of their node, averaged over the edges into each
node, and multiplied by the root of the degree of that node. The average is taken by our component for the mean, and by
a GAT layer with zero attention vectors instead of a GCN layer. Rings, where all degrees are equal, need no rescaling.

Measures:
    agreement_error: relative difference of the symmetric normalisation and the rescaled mean.
    edge_weights_error: of the symmetric normalisation and a sum in which edge (j, i) has the weight of the mean,
        1 / d_i, times sqrt(d_i / d_j).
    gat_error: of a GCN of one layer and a GAT layer with zero attention vectors between the two rescalings.
    ring_error: of a GCN of one layer and the GAT layer without any rescaling, on a ring.
    unscaled_difference: of the symmetric normalisation and the mean.
    receiver_only_difference: of the symmetric normalisation and the mean that is rescaled on one side only.
    sum_difference: of the sums of the weights into a node and one, which every softmax gives.
"""

import torch
from torch import Tensor

from implementations.architectures.graph.gat import GATLayer
from implementations.architectures.graph.gcn import GCN
from implementations.claims.agreement import difference
from implementations.concepts.aggregation.mean_aggregation import MeanAggregation
from implementations.concepts.component.degree_normalised_aggregation import DegreeNormalisedAggregation
from implementations.concepts.component.sum_aggregation import SumAggregation

NODES, EDGES, FEATURES, OUTPUTS = 8, 14, 5, 4


def run(seed: int) -> dict[str, float]:
    """Compare the two normalisations, with and without rescaling.

    Args:
        seed: Seed of graph, features and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(NODES, FEATURES, generator=generator, dtype=torch.float64)
    edges = random_edges(generator)
    source, target = with_loops(edges)
    degree = torch.bincount(target, minlength=NODES).to(x.dtype)
    root = degree.sqrt()[:, None]
    aggregate, mean = DegreeNormalisedAggregation(), MeanAggregation()
    weights = (1 / degree)[target] * (degree[target] / degree[source]).sqrt()
    nodes = torch.arange(NODES)
    ring = torch.stack([torch.cat([nodes, nodes]), torch.cat([nodes.roll(1), nodes.roll(-1)])])
    with torch.no_grad():
        symmetric = aggregate(x, edges)
        gcn, gat = _layers(generator)
        return {
            "agreement_error": difference(root * mean((x / root)[source], target, NODES), symmetric),
            "edge_weights_error": difference(SumAggregation()(weights[:, None] * x[source], target, NODES), symmetric),
            "gat_error": difference(root * gat(x / root, with_loops(edges)), gcn(x, edges)),
            "ring_error": difference(gat(x, with_loops(ring)), gcn(x, ring)),
            "unscaled_difference": difference(mean(x[source], target, NODES), symmetric),
            "receiver_only_difference": difference(root * mean(x[source], target, NODES), symmetric),
            "sum_difference": difference(aggregate(torch.ones_like(x), edges), torch.ones_like(x)),
        }


def random_edges(generator: torch.Generator) -> Tensor:
    """Return distinct random edges `[2, E]` without self-loops, none of which touches the last node."""
    nodes = torch.arange(NODES - 1)
    pairs = torch.cartesian_prod(nodes, nodes)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    return pairs[torch.randperm(len(pairs), generator=generator)[:EDGES]].T


def with_loops(edges: Tensor) -> Tensor:
    """Return the edges `[2, E + N]` with one more from each node to itself."""
    return torch.cat([edges, torch.arange(NODES).expand(2, -1)], dim=1)


def _layers(generator: torch.Generator) -> tuple[GCN, GATLayer]:
    """Return a GCN of one layer and a GAT layer with the same random map, no bias, and zero attention vectors."""
    gcn = GCN(in_features=FEATURES, hidden=[], out_features=OUTPUTS).double()
    gat = GATLayer(FEATURES, OUTPUTS, 1, concatenate=True).double()
    weight = torch.randn(OUTPUTS, FEATURES, generator=generator, dtype=torch.float64)
    gcn.maps[0].weight.copy_(weight)
    gat.linear.weight.copy_(weight)
    gat.coefficients.source.zero_()
    gat.coefficients.target.zero_()
    return gcn, gat

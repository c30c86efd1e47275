"""Exact relation: graph attention with equal scores is the mean over the neighbours.

Source: Velickovic et al. 2018, eq. 3 and, for constant attention as a baseline, sec. 3.3 (velickovic2017graph).

Method: random directed graphs with self-loops and one isolated node. A GAT layer of two heads is compared with the mean
of its own linear map over the edges into a node: with the attention vectors at zero, with vectors whose part for the
sender is zero (scores then differ between nodes, but not between the neighbours of one node), and with random ones.

Measures:
    zero_vector_error: relative difference of layer and mean, with both parts of the vectors zero.
    receiver_only_error: with a random part for the receiver, and zero for the sender.
    sender_difference: with a random part for the sender too.
    symmetric_difference: of the mean and the symmetric normalisation of a GCN, both of the same linear map.
"""

import torch
from torch import Tensor

from implementations.architectures.graph.gat import GATLayer
from implementations.claims.agreement import difference
from implementations.concepts.aggregation.mean_aggregation import MeanAggregation
from implementations.concepts.component.degree_normalised_aggregation import DegreeNormalisedAggregation

NODES, EDGES, FEATURES, HEADS = 8, 14, 5, 2


def run(seed: int) -> dict[str, float]:
    """Compare a GAT layer with a mean, for scores that are equal and scores that are not.

    Args:
        seed: Seed of graph, features and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(NODES, FEATURES, generator=generator, dtype=torch.float64)
    edges = random_edges(generator)
    loops = torch.arange(NODES).expand(2, -1)
    source, target = looped = torch.cat([edges, loops], dim=1)
    layer = GATLayer(FEATURES, 3, HEADS, concatenate=True).double()
    to_receiver, to_sender = (torch.randn(HEADS, 3, generator=generator, dtype=torch.float64) for _ in range(2))
    with torch.no_grad():
        layer.linear.weight.copy_(torch.randn(layer.linear.weight.shape, generator=generator, dtype=torch.float64))
        values = layer.linear(x)
        mean = MeanAggregation()(values[source], target, NODES)
        return {
            "zero_vector_error": difference(_attend(layer, x, looped, 0 * to_receiver, 0 * to_sender), mean),
            "receiver_only_error": difference(_attend(layer, x, looped, to_receiver, 0 * to_sender), mean),
            "sender_difference": difference(_attend(layer, x, looped, to_receiver, to_sender), mean),
            "symmetric_difference": difference(DegreeNormalisedAggregation()(values, edges), mean),
        }


def random_edges(generator: torch.Generator) -> Tensor:
    """Return distinct random edges `[2, E]` without self-loops, none of which touches the last node."""
    nodes = torch.arange(NODES - 1)
    pairs = torch.cartesian_prod(nodes, nodes)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    return pairs[torch.randperm(len(pairs), generator=generator)[:EDGES]].T


def _attend(layer: GATLayer, x: Tensor, edges: Tensor, to_receiver: Tensor, to_sender: Tensor) -> Tensor:
    """Return the output of the layer with these attention vectors."""
    layer.coefficients.target.copy_(to_receiver)
    layer.coefficients.source.copy_(to_sender)
    return layer(x, edges)

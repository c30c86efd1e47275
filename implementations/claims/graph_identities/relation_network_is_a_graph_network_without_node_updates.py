"""Exact relation: a relation network is a graph network block on all pairs, with a read-out of the edges.

Source: Battaglia et al. 2018 (battaglia2018relational); Santoro et al. 2017 (santoro2017simple).

Method: the objects of a set are the nodes of a graph with an edge from every object to every object, itself included.
The functions of a random relation network replace those of the block: g is the edge function and sees receiver and
sender, f is the function of the graph and sees the sum over the edges. The node function is random; no other function
uses its result.

Measures:
    agreement_error: relative difference of the new feature of the graph and the output of the relation network.
    pairs_difference: without the edges from objects to themselves.
    nodes_difference: where the function of the graph sees the sum over nodes instead of that over edges.
"""

import torch
from torch import Tensor

from implementations.architectures.graph.graph_network import GraphNetwork
from implementations.architectures.set.relation_network import RelationNetwork
from implementations.claims.agreement import difference
from implementations.claims.function import Function

OBJECTS, FEATURES, HIDDEN, OUTPUTS = 5, 4, 8, 3


def run(seed: int) -> dict[str, float]:
    """Run a relation network as a graph network block.

    Args:
        seed: Seed of objects and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(OBJECTS, FEATURES, generator=generator, dtype=torch.float64)
    network = RelationNetwork(in_features=FEATURES, hidden=HIDDEN, out_features=OUTPUTS).double()
    sizes = {"node_features": FEATURES, "edge_features": 1, "global_features": 1, "hidden": HIDDEN}
    block = GraphNetwork(**sizes, out_features=[HIDDEN, HIDDEN, OUTPUTS]).double()
    with torch.no_grad():
        for parameter in (*network.parameters(), *block.parameters()):
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
        block.edge_update = Function(lambda parts: network.g(parts[:, 1:-1]))  # sizes of edge, ends and graph
        block.global_update = Function(lambda parts: network.f(parts[:, :HIDDEN]))  # sums of edges, then of nodes
        expected = network(x[None])
        pairs = torch.cartesian_prod(torch.arange(OBJECTS), torch.arange(OBJECTS)).T
        result = {
            "agreement_error": difference(whole(block, x, pairs), expected),
            "pairs_difference": difference(whole(block, x, pairs[:, pairs[0] != pairs[1]]), expected),
        }
        block.global_update = Function(lambda parts: network.f(parts[:, HIDDEN : 2 * HIDDEN]))
        return result | {"nodes_difference": difference(whole(block, x, pairs), expected)}


def whole(block: GraphNetwork, x: Tensor, edges: Tensor) -> Tensor:
    """Return the new feature of the graph, `[1, G]`; edges and graph have no features at first."""
    return block(x, edges, x.new_zeros(edges.shape[1], 1), x.new_zeros(1, 1)).u
